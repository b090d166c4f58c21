package ghidanh.sync.observe;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Measures the master's clock. */
class MasterObserver implements Measurement {

    private static final Logger LOG = LoggerFactory.getLogger(MasterObserver.class);

    private final KeptConnection connection;
    private final MeasuredClocks clocks;
    private final int readings;

    MasterObserver(Databases databases, MeasuredClocks clocks, int readings) {
        this.connection = databases.master("clock");
        this.clocks = clocks;
        this.readings = readings;
    }

    @Override
    public String name() {
        return MeasuredClocks.MASTER;
    }

    @Override
    public void measure() {
        try {
            clocks.measured(
                    MeasuredClocks.MASTER, connection.answer(session -> DatabaseClock.offset(session, readings)));
        } catch (NoAnswerException e) {
            LOG.debug("The master's clock was not measured: {}", e.getMessage());
            clocks.failed(MeasuredClocks.MASTER);
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
