package ghidanh.sync.drift;

import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a check found of a shard.
 *
 * @param seconds it took
 * @param entities by student, section and registration
 * @param wrongSeats sections whose seats taken are not those of their registrations, and how many of them are well now
 */
public record ShardDrift(
        Instant checkedAt, double seconds, Map<String, EntityDrift> entities, long wrongSeats, long repairedSeats) {

    /** Rows that still differ, of all kinds. */
    public long left() {
        return Stream.of(DriftKind.values()).mapToLong(this::left).sum();
    }

    /** What still differs of a kind, all entities together. */
    long left(DriftKind kind) {
        return entities.values().stream().mapToLong(entity -> entity.left(kind)).sum();
    }
}
