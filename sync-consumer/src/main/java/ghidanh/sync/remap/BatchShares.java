package ghidanh.sync.remap;

import ghidanh.event.ChangeEvent;
import ghidanh.metrics.LogFields;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.MDC;

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
        AtomicInteger number = new AtomicInteger();
        this.workers = Executors.newFixedThreadPool(sessions, task -> {
            Runnable named = () -> {
                MDC.put(LogFields.SHARD, shard);
                task.run();
            };
            Thread thread = new Thread(named, "sync-" + shard + "-share-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Remaps the rows and returns when all shares have ended.
     *
     * @throws SQLException if one of them cannot be finished now; what the others committed stays
     */
    BatchRemapper.Result remap(BatchRemapper remapper, Collection<ChangeEvent> rows) throws SQLException {
        int shares = Math.min(sessions, rows.size() / smallest);
        if (shares < 2) {
            return remapper.remap(rows);
        }
        List<ChangeEvent> sorted = rows.stream().sorted(STUDENTS_FIRST).toList();
        List<Callable<BatchRemapper.Result>> tasks = new ArrayList<>();
        for (int share = 0; share < shares; share++) {
            List<ChangeEvent> part =
                    sorted.subList(share * sorted.size() / shares, (share + 1) * sorted.size() / shares);
            tasks.add(() -> remapper.remap(part));
        }
        BatchRemapper.Result all = new BatchRemapper.Result(new ArrayList<>(), new LinkedHashMap<>());
        try {
            for (Future<BatchRemapper.Result> ended : workers.invokeAll(tasks)) {
                all.transactions().addAll(ended.get().transactions());
                all.refused().putAll(ended.get().refused());
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
