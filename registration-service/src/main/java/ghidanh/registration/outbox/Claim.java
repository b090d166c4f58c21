package ghidanh.registration.outbox;

import java.util.List;

/**
 * What one look at an outbox found, lowest id first.
 *
 * @param rows the rows; empty if there are none
 * @param claimedAt when they were read, in microseconds since 1970 by the shard's clock; 0 without rows
 * @param readNanos {@link System#nanoTime()} when they had arrived, which anchors our clock to the shard's
 */
record Claim(List<OutboxRow> rows, long claimedAt, long readNanos) {

    Claim {
        rows = List.copyOf(rows);
    }

    /** The present, in microseconds by the shard's clock; early by the time the rows took to arrive, never late. */
    long nowMicros() {
        return claimedAt + (System.nanoTime() - readNanos) / 1000;
    }
}
