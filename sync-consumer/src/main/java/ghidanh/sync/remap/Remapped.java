package ghidanh.sync.remap;

import ghidanh.event.ChangeEvent;
import ghidanh.event.Entity;
import ghidanh.sync.lag.MasterStamps;
import java.util.Map;

/**
 * What one committed transaction on the master did.
 *
 * @param outcomes one for each row asked for
 * @param applyingMicros when the master began, by its clock, in microseconds since 1970
 * @param sentNanos {@link System#nanoTime} at that moment
 * @param visibleNanos {@link System#nanoTime} after the commit
 */
public record Remapped(Map<ChangeEvent, Outcome> outcomes, long applyingMicros, long sentNanos, long visibleNanos) {

    /** The same, committed a moment ago. */
    Remapped visibleNow() {
        return new Remapped(outcomes, applyingMicros, sentNanos, System.nanoTime());
    }

    /** The stamps of rows that had arrived here at {@code receivedNanos}. */
    MasterStamps stamps(long receivedNanos) {
        return MasterStamps.anchored(applyingMicros, receivedNanos, sentNanos, visibleNanos);
    }

    /** The reg_ids whose present state the master shows. */
    public long[] visibleRegistrations() {
        return outcomes.entrySet().stream()
                .filter(entry -> entry.getValue().isVisible())
                .map(Map.Entry::getKey)
                .filter(row -> row.entity() == Entity.REGISTRATION)
                .mapToLong(ChangeEvent::id)
                .toArray();
    }
}
