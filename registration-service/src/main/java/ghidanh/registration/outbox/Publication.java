package ghidanh.registration.outbox;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Rows on their way to Kafka. Answers come from the producer's thread, all other calls from the relay's. */
class Publication {

    private final List<OutboxRow> rows;
    private final boolean[] acknowledged;
    private final CountDownLatch unanswered;
    private volatile @Nullable Exception failure;

    Publication(List<OutboxRow> rows) {
        this.rows = rows;
        this.acknowledged = new boolean[rows.size()];
        this.unanswered = new CountDownLatch(rows.size());
    }

    /** Kafka's answer for the row at {@code index}, once per row; {@code error} is null for an acknowledgement. */
    void answered(int index, @Nullable Exception error) {
        if (error == null) {
            acknowledged[index] = true;
        } else if (failure == null) {
            failure = error;
        }
        unanswered.countDown();
    }

    /** The first failure so far. */
    @Nullable Exception failure() {
        return failure;
    }

    /**
     * Waits until every row has its answer.
     *
     * @return false if some are still open after {@code limit}
     */
    boolean await(Duration limit) throws InterruptedException {
        return unanswered.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Ids of the rows that may go, once every row has its answer: those acknowledged, but for the ones behind a failed row
     * of the same key. Those are sent again after it, so that the key's last event stays its last.
     */
    long[] done() {
        LongStream.Builder done = LongStream.builder();
        Set<String> failedKeys = new HashSet<>();
        for (int i = 0; i < rows.size(); i++) {
            OutboxRow row = rows.get(i);
            if (!acknowledged[i]) {
                failedKeys.add(row.event().key());
            } else if (failedKeys.isEmpty() || !failedKeys.contains(row.event().key())) {
                done.add(row.id());
            }
        }
        return done.build().toArray();
    }
}
