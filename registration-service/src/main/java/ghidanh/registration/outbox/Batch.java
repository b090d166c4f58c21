package ghidanh.registration.outbox;

import java.util.List;

/**
 * What was read of an outbox at once, lowest id first.
 *
 * @param rows the rows; empty if there are none
 * @param readAt when they were read, in microseconds since 1970 by the shard's clock; 0 without rows
 * @param arrivedNanos {@link System#nanoTime()} when they had arrived, which anchors our clock to the shard's
 */
record Batch(List<OutboxRow> rows, long readAt, long arrivedNanos) {

    Batch {
        rows = List.copyOf(rows);
    }

    /** The present, in microseconds by the shard's clock; early by the time the rows took to arrive, never late. */
    long nowMicros() {
        return readAt + (System.nanoTime() - arrivedNanos) / 1000;
    }
}
