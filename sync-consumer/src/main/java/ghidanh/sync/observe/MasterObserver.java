package ghidanh.sync.observe;

import ghidanh.database.Trouble;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the master. Measured by one thread, read by any. */
class MasterObserver implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MasterObserver.class);

    private final KeptConnection master;
    private final MeasuredClocks clocks;
    private final ObserveSettings settings;
    private volatile @Nullable MasterState state;

    MasterObserver(KeptConnection master, MeasuredClocks clocks, ObserveSettings settings) {
        this.master = master;
        this.clocks = clocks;
        this.settings = settings;
    }

    void measure() {
        try {
            clocks.measured(
                    MeasuredClocks.MASTER, master.answer(session -> ClockOffset.of(session, settings.clockReadings())));
            state = master.ask(MasterState::look);
        } catch (NoAnswerException e) {
            LOG.debug("The master was not looked at: {}", e.getMessage());
            clocks.failed(MeasuredClocks.MASTER);
        }
    }

    Optional<Trouble> trouble() {
        return master.trouble();
    }

    /** As it was when it last answered; null before. */
    @Nullable MasterState state() {
        return state;
    }

    @Override
    public void close() {
        master.close();
    }
}
