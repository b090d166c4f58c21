package ghidanh.sync.observe;

import ghidanh.database.Obstacle;
import ghidanh.database.Trouble;
import ghidanh.shard.Shard;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures one shard against the master. Measured by one thread, read by any.
 *
 * <p>{@code registration.outbox.backlog} (rows, shard) and {@code registration.outbox.oldest.age} (s, shard): what no relay has
 * published yet. Measured here, since the relays' own service may be what is away. NaN while the shard cannot be asked.<br>
 * {@code registration.sync.unsynced} (rows, shard) and {@code registration.sync.oldest.unsynced.age} (s, shard): what the
 * histogram of the lag cannot show, since a row that never arrives is in no histogram. NaN while shard or master cannot be
 * asked.<br>
 * {@code registration.sync.observed.timestamp} (s since 1970, shard): last success. Alert when it stays behind: then nobody
 * knows, and every other panel may be green.
 */
class ShardObserver implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ShardObserver.class);

    private static final int SPARED = 19;

    private final Shard shard;
    private final KeptConnection looks;
    private final KeptConnection counts;
    private final KeptConnection master;
    private final MeasuredClocks clocks;
    private final ObserveSettings settings;
    private final Clock clock;
    private volatile Backlog backlog = Backlog.UNKNOWN;
    private volatile Unsynced unsynced = Unsynced.UNKNOWN;
    private volatile double observedSeconds = Double.NaN;
    private volatile @Nullable ShardState state;
    private volatile @Nullable Trouble failure;
    private volatile @Nullable Trouble counting;

    ShardObserver(
            Shard shard,
            KeptConnection looks,
            KeptConnection counts,
            KeptConnection master,
            MeasuredClocks clocks,
            ObserveSettings settings,
            Clock clock,
            MeterRegistry meters) {
        this.shard = shard;
        this.looks = looks;
        this.counts = counts;
        this.master = master;
        this.clocks = clocks;
        this.settings = settings;
        this.clock = clock;
        gauge("registration.outbox.backlog", "rows", observer -> observer.backlog.rows())
                .description("Committed outbox rows not yet published; NaN while the shard cannot be asked")
                .register(meters);
        gauge("registration.outbox.oldest.age", "seconds", observer -> observer.backlog.oldestSeconds())
                .description("Time since the oldest outbox row was inserted, 0 if there is none; NaN while the shard"
                        + " cannot be asked")
                .register(meters);
        gauge("registration.sync.unsynced", "rows", observer -> observer.unsynced.rows())
                .description("Committed on the shard and not on the master; NaN while one of them cannot be asked")
                .register(meters);
        gauge("registration.sync.oldest.unsynced.age", "seconds", observer -> observer.unsynced.oldestSeconds())
                .description("Age of the oldest of these, 0 if there is none; NaN while it cannot be known")
                .register(meters);
        gauge("registration.sync.observed.timestamp", "seconds", observer -> observer.observedSeconds)
                .description("When what is unsynced was last measured")
                .register(meters);
    }

    private Gauge.Builder<ShardObserver> gauge(String name, String unit, ToDoubleFunction<ShardObserver> value) {
        return Gauge.builder(name, this, value).baseUnit(unit).tag("shard", shard.name());
    }

    /** Takes a few milliseconds, whatever the shard has to carry. */
    void look() {
        try {
            clocks.measured(shard.name(), looks.answer(session -> ClockOffset.of(session, settings.clockReadings())));
            state = looks.ask(ShardState::look);
        } catch (NoAnswerException e) {
            LOG.debug("Shard {} was not looked at: {}", shard.name(), e.getMessage());
            clocks.failed(shard.name());
        }
    }

    /** Counts, and then leaves the databases alone for so long that counting takes a twentieth of their time at most. */
    void count() throws InterruptedException {
        long begun = System.nanoTime();
        countUnsynced();
        Optional<Trouble> first = counts.trouble();
        countBacklog();
        Trouble earlier = counting;
        counting = first.or(counts::trouble).map(last -> last.after(earlier)).orElse(null);
        Thread.sleep((System.nanoTime() - begun) * SPARED / 1_000_000);
    }

    private void countUnsynced() {
        try {
            unsynced = Unsynced.measure(shard.name(), counts, master, settings.window());
            observedSeconds = clock.millis() / 1_000.0;
            failure = null;
        } catch (NoAnswerException e) {
            LOG.debug("Shard {} was not measured: {}", shard.name(), e.getMessage());
            unsynced = Unsynced.UNKNOWN;
            failure = new Trouble(clock.instant(), e.obstacle(), String.valueOf(e.getMessage())).after(failure);
        }
    }

    /** By itself: an outbox of millions takes longer than our patience, which must not hide what is unsynced. */
    private void countBacklog() {
        try {
            backlog = counts.ask(Backlog::measure);
        } catch (NoAnswerException e) {
            LOG.debug("The outbox of shard {} was not measured: {}", shard.name(), e.getMessage());
            backlog = Backlog.UNKNOWN;
        }
    }

    Backlog backlog() {
        return backlog;
    }

    Unsynced unsynced() {
        return unsynced;
    }

    Shard shard() {
        return shard;
    }

    /** Empty while the last measurement succeeded, and before the first. */
    Optional<Trouble> failure() {
        return Optional.ofNullable(failure);
    }

    boolean hesitates() {
        return looks.hesitates();
    }

    /** Of the shard itself; empty while it answers. That counting takes long is none. */
    Optional<Trouble> trouble() {
        return looks.trouble().or(() -> Optional.ofNullable(counting).filter(ShardObserver::isLasting));
    }

    /** Of the master, when it is asked for the shard's rows. */
    Optional<Trouble> masterTrouble() {
        return master.trouble().filter(ShardObserver::isLasting);
    }

    private static boolean isLasting(Trouble trouble) {
        return trouble.obstacle() != Obstacle.SILENT && trouble.obstacle() != Obstacle.BUSY;
    }

    /** As it was when it last answered; null before. */
    @Nullable ShardState state() {
        return state;
    }

    @Override
    public void close() {
        backlog = Backlog.UNKNOWN;
        unsynced = Unsynced.UNKNOWN;
        looks.close();
        counts.close();
        master.close();
    }
}
