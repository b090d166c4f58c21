package ghidanh.sync.observe;

import ghidanh.shard.Shard;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
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

    private final Shard shard;
    private final KeptConnection connection;
    private final KeptConnection master;
    private final MeasuredClocks clocks;
    private final ObserveSettings settings;
    private final Clock clock;
    private volatile Backlog backlog = Backlog.UNKNOWN;
    private volatile Unsynced unsynced = Unsynced.UNKNOWN;
    private volatile double observedSeconds = Double.NaN;
    private volatile @Nullable Failure failure;

    /**
     * Why the shard cannot be measured.
     *
     * @param since first failure without a success after it
     * @param message the last failure
     */
    record Failure(Instant since, String message) {}

    ShardObserver(
            Shard shard,
            KeptConnection connection,
            KeptConnection master,
            MeasuredClocks clocks,
            ObserveSettings settings,
            Clock clock,
            MeterRegistry meters) {
        this.shard = shard;
        this.connection = connection;
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

    void measure() {
        try {
            clocks.measured(
                    shard.name(), connection.answer(session -> ClockOffset.of(session, settings.clockReadings())));
            unsynced = connection.ask(client -> Unsynced.measure(shard.name(), client, master, settings.window()));
            observedSeconds = clock.millis() / 1_000.0;
            failure = null;
        } catch (NoAnswerException e) {
            LOG.debug("Shard {} was not measured: {}", shard.name(), e.getMessage());
            unsynced = Unsynced.UNKNOWN;
            clocks.failed(shard.name());
            Failure earlier = failure;
            failure = new Failure(earlier == null ? clock.instant() : earlier.since(), String.valueOf(e.getMessage()));
        }
        measureBacklog();
    }

    /** By itself: an outbox of millions takes longer than our patience, which must not hide what is unsynced. */
    private void measureBacklog() {
        try {
            backlog = connection.ask(Backlog::measure);
        } catch (NoAnswerException e) {
            LOG.debug("The outbox of shard {} was not measured: {}", shard.name(), e.getMessage());
            backlog = Backlog.UNKNOWN;
        }
    }

    Unsynced unsynced() {
        return unsynced;
    }

    Shard shard() {
        return shard;
    }

    /** Empty while the last measurement succeeded, and before the first. */
    Optional<Failure> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public void close() {
        backlog = Backlog.UNKNOWN;
        unsynced = Unsynced.UNKNOWN;
        connection.close();
        master.close();
    }
}
