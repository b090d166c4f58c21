package ghidanh.sync.replay;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Where a replay begins; at most one of the two is given, neither for the beginning.
 *
 * @param time the first event that the broker appended then or later
 * @param offsets by partition; partitions that are not named are left out
 */
public record Start(Optional<Instant> time, Map<Integer, Long> offsets) {

    public static final Start EARLIEST = new Start(Optional.empty(), Map.of());

    public static Start at(Instant time) {
        return new Start(Optional.of(time), Map.of());
    }

    public static Start at(Map<Integer, Long> offsets) {
        return new Start(Optional.empty(), Map.copyOf(offsets));
    }
}
