package ghidanh.loop;

import ghidanh.metrics.LogFields;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Makes threads for work that others hand over. None keeps the process alive. */
public final class Threads {

    private static final int IDLE_MINUTES = 1;

    private Threads() {}

    /**
     * Threads that start when there is work and end when there is none for a minute.
     *
     * @param shard for the name and the log; null if they work for all
     * @param waiting tasks that may wait for a thread; what comes beyond is rejected
     */
    public static ExecutorService pool(String name, @Nullable String shard, int threads, int waiting) {
        var number = new AtomicInteger();
        ThreadFactory numbered = task -> daemon(nameOf(name, shard) + "-" + number.incrementAndGet(), shard, task);
        var pool = new ThreadPoolExecutor(
                threads, threads, IDLE_MINUTES, TimeUnit.MINUTES, new LinkedBlockingQueue<>(waiting), numbered);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    static String nameOf(String name, @Nullable String shard) {
        return shard == null ? name : name + "-" + shard;
    }

    static Thread daemon(String name, @Nullable String shard, Runnable task) {
        var thread = new Thread(
                () -> {
                    if (shard != null) {
                        MDC.put(LogFields.SHARD, shard);
                    }
                    task.run();
                },
                name);
        thread.setDaemon(true);
        return thread;
    }
}
