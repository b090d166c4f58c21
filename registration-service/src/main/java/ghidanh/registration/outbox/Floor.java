package ghidanh.registration.outbox;

import java.time.Duration;

/**
 * Where a quick look at an outbox starts: behind the rows that were relayed long enough ago that nothing new is expected
 * there. Without it every look walks over all dead rows that a long transaction keeps from being vacuumed.
 *
 * <p>It only saves work. What commits below it, later than {@code lookBack}, is found by a full look and moves it back. Not
 * thread-safe.
 */
class Floor {

    private final long lookBackMicros;
    private long value = Long.MIN_VALUE;
    private long nextValue = Long.MIN_VALUE;
    private long nextCreatedAt = Long.MIN_VALUE;

    Floor(Duration lookBack) {
        this.lookBackMicros = lookBack.toNanos() / 1000;
    }

    /** Ids up to this one are left to the full look. */
    long value() {
        return value;
    }

    /** All rows of this batch are gone from the outbox. */
    void relayed(Batch batch) {
        OutboxRow last = batch.rows().get(batch.rows().size() - 1);
        long horizon = batch.readAt() - lookBackMicros;
        if (last.createdAt() <= horizon) {
            raise(last.id());
            return;
        }
        if (nextCreatedAt <= horizon) {
            raise(nextValue);
            nextValue = last.id();
            nextCreatedAt = last.createdAt();
        }
    }

    private void raise(long id) {
        value = Math.max(value, id);
    }

    /** A full look found this id first: if it is below, the quick looks must not pass over it and what follows. */
    void foundByFullLook(long firstId) {
        if (firstId <= value) {
            value = firstId - 1;
            nextValue = Long.MIN_VALUE;
            nextCreatedAt = Long.MIN_VALUE;
        }
    }
}
