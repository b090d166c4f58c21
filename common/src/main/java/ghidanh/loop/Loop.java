package ghidanh.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * Runs the same work again and again on a thread of its own. What a run throws, an {@code Error} included, ends that run
 * only: it is logged and shown by {@link Loops}, and the next run comes after the pause. Thread-safe.
 */
public final class Loop {

    private static final Logger log = LoggerFactory.getLogger(Loop.class);

    // A lasting run that got this far is well again, whatever became of the one before it.
    private static final Duration SETTLED = Duration.ofSeconds(10);

    private static final Duration CUT_OFF = Duration.ofSeconds(1);

    /** What a loop does. */
    @FunctionalInterface
    public interface Work {

        void run() throws Exception;

        /**
         * Asks the run in hand to return. Work that must not be interrupted has a way of its own, and one more run to do
         * what is left to do.
         */
        default void end(Runnable interrupt) {
            interrupt.run();
        }

        /** Cuts off what neither {@link #end} nor an interrupt could end in time. */
        default void abort() {}
    }

    /**
     * Why a loop does not do its work.
     *
     * @param since the first death without a good run after it
     * @param error the last one
     */
    record Death(Instant since, String error) {}

    private final Loops loops;
    private final String name;
    private final @Nullable String shard;
    private final Duration first;
    private final Duration pause;
    private final boolean lasting;
    private final Work work;
    private volatile @Nullable ScheduledExecutorService thread;
    private volatile @Nullable Instant runningSince;
    private volatile @Nullable Death death;

    /** @param lasting whether a run that returns was the last */
    Loop(Loops loops, String name, @Nullable String shard, Duration first, Duration pause, boolean lasting, Work work) {
        this.loops = loops;
        this.name = Threads.nameOf(name, shard);
        this.shard = shard;
        this.first = first;
        this.pause = pause;
        this.lasting = lasting;
        this.work = work;
    }

    String name() {
        return name;
    }

    /** Empty while the last run was a good one, or this one has lasted. */
    Optional<Death> death() {
        Instant since = runningSince;
        boolean settled =
                lasting && since != null && Duration.between(since, loops.now()).compareTo(SETTLED) > 0;
        return settled ? Optional.empty() : Optional.ofNullable(death);
    }

    /** Nothing has begun if this throws, such as an {@code OutOfMemoryError} where no thread is to be had. */
    @SuppressWarnings("FutureReturnValueIgnored") // A run tells by itself what it died of.
    public synchronized void start() {
        // A scheduler each: a run that hangs must hold up no other. (SimpleAsyncTaskScheduler has one thread for all
        // fixed delays.)
        var scheduler = new ThreadPoolTaskScheduler();
        scheduler.setThreadFactory(task -> Threads.daemon(name, shard, task));
        scheduler.initialize();
        ScheduledExecutorService started = scheduler.getScheduledExecutor();
        death = null;
        scheduler.scheduleWithFixedDelay(() -> run(started), Instant.now().plus(first), pause);
        thread = started;
        loops.started(this);
    }

    private void run(ScheduledExecutorService started) {
        runningSince = loops.now();
        try {
            work.run();
            death = null;
            if (lasting) {
                over(started);
            }
        } catch (Throwable e) {
            if (started.isShutdown() && e instanceof Exception) {
                log.debug("{} was stopped", name, e);
            } else {
                died(e);
            }
        } finally {
            runningSince = null;
        }
    }

    private synchronized void over(ScheduledExecutorService started) {
        started.shutdown();
        loops.ended(this);
    }

    private void died(Throwable e) {
        Optional<Death> earlier = death();
        String error = e.toString();
        death = new Death(earlier.map(Death::since).orElseGet(loops::now), error);
        if (earlier.isPresent() && earlier.get().error().equals(error)) {
            log.error("{} died again, next try in {}: {}", name, pause, error);
        } else {
            log.error("{} died, next try in {}", name, pause, e);
        }
    }

    /** Asks the work to end and does not wait for it. */
    public void end() {
        ScheduledExecutorService running = thread;
        if (running != null) {
            work.end(running::shutdownNow);
            finish(running);
        }
        loops.ended(this);
    }

    private synchronized void finish(ScheduledExecutorService running) {
        if (!running.isShutdown()) {
            // Asked in a pause, it has what it was given before still to do.
            running.execute(() -> run(running));
            running.shutdown();
        }
    }

    /** Asks the work to end and returns when it has; after {@code patience} it is cut off. */
    public void stop(Duration patience) {
        stop(List.of(this), patience);
    }

    /** Stops all at once: none waits for another's end. */
    static void stop(Collection<Loop> loops, Duration patience) {
        loops.forEach(Loop::end);
        try {
            if (!haveEnded(loops, patience)) {
                loops.forEach(Loop::cutOff);
                haveEnded(loops, CUT_OFF);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void cutOff() {
        ScheduledExecutorService running = thread;
        if (running != null && !running.isTerminated()) {
            log.warn("{} does not end, cutting it off", name);
            running.shutdownNow();
            work.abort();
        }
    }

    private static boolean haveEnded(Collection<Loop> loops, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        boolean all = true;
        for (Loop loop : loops) {
            ScheduledExecutorService running = loop.thread;
            all &= running == null || running.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
        return all;
    }
}
