package ghidanh.sync.remap;

import ghidanh.database.DatabaseName;
import ghidanh.database.Fault;
import ghidanh.loop.Loop;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets synced_at on one shard for what has arrived on the master: transaction (B), coalesced over batches on a thread of
 * its own, so that no event waits for a mark. What is lost here, in a crash or beyond the capacity, the sweeper repairs.
 *
 * <p>{@code registration.sync.marks} (counter, shard): rows marked.<br>
 * {@code registration.sync.marks.dropped} (counter, shard): marks left to the sweeper, because the shard was away for too
 * long or refused them.
 */
class SyncMarker implements Loop.Work {

    private static final Logger LOG = LoggerFactory.getLogger(SyncMarker.class);

    private final String shard;
    private final Call call;
    private final RemapSettings settings;
    private final Counter marked;
    private final Counter dropped;

    private final Set<Long> waiting = new LinkedHashSet<>();
    private boolean stopping;

    /** {@code mark_synced} for one shard in a transaction of its own. */
    @FunctionalInterface
    interface Call {
        long mark(long[] regIds) throws SQLException;
    }

    SyncMarker(String shard, Call call, RemapSettings settings, MeterRegistry meters) {
        this.shard = shard;
        this.call = call;
        this.settings = settings;
        this.marked = Counter.builder("registration.sync.marks")
                .description("Rows marked as synced on the shard")
                .tag("shard", shard)
                .register(meters);
        this.dropped = Counter.builder("registration.sync.marks.dropped")
                .description("Marks left to the sweeper")
                .tag("shard", shard)
                .register(meters);
    }

    /** Remembers registrations to mark. Never waits; beyond the capacity the oldest are dropped. */
    synchronized void add(long[] regIds) {
        for (long regId : regIds) {
            waiting.add(regId);
        }
        dropBeyondCapacity();
        if (!waiting.isEmpty()) {
            notifyAll();
        }
    }

    /** Sets the marks it has, if that works at once. */
    @Override
    public synchronized void end(Runnable interrupt) {
        stopping = true;
        notifyAll();
    }

    @Override
    public void run() throws InterruptedException {
        int failures = 0;
        for (long[] batch = next(); batch.length > 0; batch = next()) {
            failures = mark(batch) ? 0 : failures + 1;
            if (failures > 0) {
                pause(failures);
            }
        }
    }

    /** The next batch; empty when it is time to stop. */
    private synchronized long[] next() throws InterruptedException {
        while (waiting.isEmpty() && !stopping) {
            wait();
        }
        waitFor(settings.markLinger(), () -> waiting.size() >= settings.markBatch());
        List<Long> batch = new ArrayList<>(settings.markBatch());
        for (var ids = waiting.iterator(); ids.hasNext() && batch.size() < settings.markBatch(); ) {
            batch.add(ids.next());
            ids.remove();
        }
        return batch.stream().mapToLong(Long::longValue).sorted().toArray();
    }

    private synchronized void waitFor(Duration atMost, BooleanSupplier enough) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        for (long left = atMost.toNanos();
                left > 0 && !stopping && !enough.getAsBoolean();
                left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    private boolean mark(long[] batch) {
        try {
            marked.increment(call.mark(batch));
            return true;
        } catch (SQLException e) {
            if (Fault.of(e) == Fault.DATA) {
                LOG.warn(
                        "Shard {} refuses {} marks, which are left to the sweeper: {}",
                        shard,
                        batch.length,
                        DatabaseName.MASTER.explain(e));
                dropped.increment(batch.length);
                return true;
            }
            LOG.debug("Shard {}: {} marks wait: {}", shard, batch.length, DatabaseName.MASTER.explain(e));
            putBack(batch);
            return false;
        } catch (RuntimeException | Error e) {
            dropped.increment(batch.length);
            throw e;
        }
    }

    private synchronized void putBack(long[] batch) {
        if (stopping) {
            waiting.clear(); // the sweeper of the next start has them
            return;
        }
        for (long regId : batch) {
            waiting.add(regId);
        }
        dropBeyondCapacity();
    }

    private void dropBeyondCapacity() {
        var oldest = waiting.iterator();
        while (waiting.size() > settings.markCapacity()) {
            oldest.next();
            oldest.remove();
            dropped.increment();
        }
    }

    private void pause(int failures) throws InterruptedException {
        long millis = settings.minBackoff().toMillis() << Math.min(failures - 1, 16);
        waitFor(Duration.ofMillis(Math.min(millis, settings.maxBackoff().toMillis())), () -> false);
    }
}
