package ghidanh.sync.lag;

import ghidanh.event.TraceParent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Records lag and its stages for rows that became visible on the master. The stages of a row add up to its lag exactly:
 * all six stamps are recorded together, after they were put in order.
 *
 * <p>{@code registration.sync.lag} (timer, s, shard): from the shard's commit to the master's. Alert on its 99th percentile
 * together with the age of the oldest unsynced row: a row that never arrives is in no histogram.<br>
 * {@code registration.sync.stage} (timer, s, shard, stage): outbox, relay, kafka, consumer, master. Only their means may be
 * stacked; percentiles do not add up.<br>
 * {@code registration.sync.clock.clamped} (counter, stage): stages that the clocks would have made negative and that count
 * as zero. Rising steadily: the clock of a database is off.<br>
 * {@code registration.sync.unstamped} (counter, shard): rows made visible by events without stamps, which are in neither
 * timer.
 */
@Component
public class LagMeter {

    private static final Duration[] LAG_BOUNDS = millis(500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000);
    private static final Duration[] STAGE_BOUNDS =
            millis(5, 10, 25, 50, 75, 100, 150, 200, 300, 500, 750, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000);

    private final MeterRegistry meters;
    private final ShardClocks clocks;
    private final LagSpans spans;
    private final Map<String, ShardTimers> timers = new ConcurrentHashMap<>();
    private final Counter[] clamped = new Counter[Stage.values().length];

    public LagMeter(MeterRegistry meters, ShardClocks clocks, Tracer tracer, Propagator propagator) {
        this.meters = meters;
        this.clocks = clocks;
        this.spans = new LagSpans(tracer, propagator);
        for (Stage stage : Stage.values()) {
            clamped[stage.ordinal()] = Counter.builder("registration.sync.clock.clamped")
                    .description("Stages that the clocks would have made negative")
                    .tag("stage", stage.tag())
                    .register(meters);
        }
    }

    /** Makes a shard's series known at zero, so that a rate over its first event is right. */
    public void watch(String shard) {
        timers(shard);
    }

    /**
     * Records one row that has just become visible.
     *
     * @param trace of the request that caused it; where it is sampled, as spans, too
     */
    public void visible(String shard, ShardStamps onShard, MasterStamps onMaster, @Nullable TraceParent trace) {
        long[] stamps = inOrder(shard, onShard, onMaster);
        ShardTimers shardTimers = timers(shard);
        if (trace != null && trace.sampled()) {
            spans.during(shard, trace, stamps, () -> shardTimers.record(stamps));
        } else {
            shardTimers.record(stamps);
        }
    }

    /** By the master's clock, none before the one before it. */
    private long[] inOrder(String shard, ShardStamps onShard, MasterStamps onMaster) {
        long ahead = clocks.masterAheadMicros(shard);
        long[] stamps = {
            onShard.committed() + ahead,
            onShard.claimed() + ahead,
            onShard.sent() + ahead,
            onMaster.received(),
            onMaster.applying(),
            onMaster.visible()
        };
        for (Stage stage : Stage.values()) {
            int end = stage.ordinal() + 1;
            if (stamps[end] < stamps[end - 1]) {
                stamps[end] = stamps[end - 1];
                clamped[stage.ordinal()].increment();
            }
        }
        return stamps;
    }

    /** Counts one row that has just become visible through an event without stamps. */
    public void visibleUnstamped(String shard) {
        timers(shard).unstamped.increment();
    }

    /** The last quarter of an hour, the oldest step first. */
    public List<LagStep> history(String shard) {
        return timers(shard).history.steps();
    }

    /** Rows of a shard that became visible since the start. */
    public long rows(String shard) {
        return timers(shard).history.rows();
    }

    /** To be called a few times a second. */
    public void tick(String shard, double waitingSeconds) {
        timers(shard).history.tick(waitingSeconds);
    }

    private ShardTimers timers(String shard) {
        return timers.computeIfAbsent(shard, name -> new ShardTimers(meters, name));
    }

    private static Duration[] millis(long... bounds) {
        return LongStream.of(bounds).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }

    private static final class ShardTimers {

        private final Timer lag;
        private final Timer[] stages = new Timer[Stage.values().length];
        private final Counter unstamped;
        private final LagHistory history = new LagHistory(Clock.systemUTC());

        ShardTimers(MeterRegistry meters, String shard) {
            lag = Timer.builder("registration.sync.lag")
                    .description("From the commit on the shard to the commit on the master")
                    .tag("shard", shard)
                    .publishPercentileHistogram()
                    .serviceLevelObjectives(LAG_BOUNDS)
                    .minimumExpectedValue(Duration.ofMillis(1))
                    .maximumExpectedValue(Duration.ofSeconds(300))
                    .register(meters);
            for (Stage stage : Stage.values()) {
                stages[stage.ordinal()] = Timer.builder("registration.sync.stage")
                        .description("The parts of the lag; they add up to it")
                        .tag("shard", shard)
                        .tag("stage", stage.tag())
                        .serviceLevelObjectives(STAGE_BOUNDS)
                        .register(meters);
            }
            unstamped = Counter.builder("registration.sync.unstamped")
                    .description("Rows made visible by events without stamps, which no timer has")
                    .tag("shard", shard)
                    .register(meters);
        }

        void record(long[] stamps) {
            history.record(stamps);
            for (Stage stage : Stage.values()) {
                int start = stage.ordinal();
                stages[start].record(stamps[start + 1] - stamps[start], TimeUnit.MICROSECONDS);
            }
            lag.record(stamps[stamps.length - 1] - stamps[0], TimeUnit.MICROSECONDS);
        }
    }
}
