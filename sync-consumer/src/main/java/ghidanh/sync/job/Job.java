package ghidanh.sync.job;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A job as the master knows it.
 *
 * @param shard null for all
 * @param read how much of {@code total} has been gone through
 * @param counts rows by outcome
 * @param offsets from where it can be resumed
 * @param report what it found, for a drift check
 * @param message why it failed, or what it is waiting for
 * @param resumedAt last resumption, or null
 * @param heartbeatAt last sign of life
 */
public record Job(
        long id,
        JobKind kind,
        @Nullable String shard,
        JsonNode options,
        String reason,
        String requestedBy,
        JobState state,
        long read,
        long total,
        Map<String, Long> counts,
        JsonNode offsets,
        JsonNode report,
        String message,
        Instant startedAt,
        @Nullable Instant resumedAt,
        Instant heartbeatAt,
        @Nullable Instant endedAt) {

    /** What someone asks for. */
    public record Request(
            JobKind kind,
            @Nullable String shard,
            JsonNode options,
            String reason,
            String requestedBy,
            JsonNode offsets) {}

    /** How much per second, from the start; of a resumed job an understatement. */
    public double rate() {
        Instant until = endedAt == null ? heartbeatAt : endedAt;
        double seconds = Duration.between(startedAt, until).toMillis() / 1000.0;
        return seconds <= 0 ? 0 : Math.round(read / seconds * 10) / 10.0;
    }

    /** Seconds still to go at that rate, or null while nobody can tell. */
    public @Nullable Long etaSeconds() {
        return state == JobState.RUNNING && rate() > 0 ? Math.round(Math.max(0, total - read) / rate()) : null;
    }
}
