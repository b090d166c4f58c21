package ghidanh.sync.lag;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ten seconds of a shard's lag.
 *
 * @param end of the step
 * @param rows that became visible in it
 * @param p50 of their lag in seconds; null where there is none, as p99
 * @param waiting age of the oldest unsynced row at the end in seconds; null where that was not known
 * @param stages mean seconds of outbox, relay, kafka, consumer and master; empty where no row became visible
 */
public record LagStep(
        Instant end,
        long rows,
        @Nullable Double p50,
        @Nullable Double p99,
        @Nullable Double waiting,
        List<Double> stages) {}
