package ghidanh.sync.remap;

import ghidanh.event.ChangeEvent;
import ghidanh.loop.Threads;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * Divides a large batch of one shard among several sessions, so that a backlog uses more than one core of the master. A
 * small batch stays one transaction. A row is in one share only, so no two sessions write the same row. Thread-safe.
 */
class BatchShares implements AutoCloseable {

    private static final Comparator<ChangeEvent> STUDENTS_FIRST =
            Comparator.comparing(ChangeEvent::entity).thenComparingLong(ChangeEvent::id);

    private final int sessions;
    private final int smallest;
    private final ExecutorService workers;

    /** @param smallest share worth a session of its own, in rows */
    BatchShares(String shard, int sessions, int smallest) {
        this.sessions = sessions;
        this.smallest = smallest;
        this.workers = Threads.pool("sync-share", shard, sessions, sessions);
    }

    /** What is done with a share. */
    @FunctionalInterface
    interface Work<T> {
        List<T> apply(List<ChangeEvent> share) throws SQLException;
    }

    /**
     * Works on the rows, share by share, and returns when all shares have ended.
     *
     * @return what the shares gave, as one
     * @throws SQLException if one of them cannot be finished now; what the others committed stays
     */
    <T> List<T> apply(List<ChangeEvent> rows, Work<T> work) throws SQLException {
        int shares = Math.min(sessions, rows.size() / smallest);
        if (shares < 2) {
            return work.apply(rows);
        }
        List<ChangeEvent> sorted = rows.stream().sorted(STUDENTS_FIRST).toList();
        List<Callable<List<T>>> tasks = new ArrayList<>();
        for (int share = 0; share < shares; share++) {
            List<ChangeEvent> part =
                    sorted.subList(share * sorted.size() / shares, (share + 1) * sorted.size() / shares);
            tasks.add(() -> work.apply(part));
        }
        List<T> all = new ArrayList<>();
        try {
            for (Future<List<T>> ended : workers.invokeAll(tasks)) {
                all.addAll(ended.get());
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted, the batch comes again", e);
        }
        return all;
    }

    @Override
    public void close() {
        workers.shutdown();
    }
}
