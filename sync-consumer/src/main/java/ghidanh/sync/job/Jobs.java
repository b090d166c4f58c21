package ghidanh.sync.job;

import ghidanh.database.DatabaseName;
import ghidanh.loop.LoopGroup;
import ghidanh.loop.Loops;
import ghidanh.loop.Threads;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Runs jobs on this instance, each on a thread of its own, and tells the master every second how far they are. A stop of
 * the instance leaves them interrupted, to be resumed here or on another.
 */
@Component
public class Jobs extends LoopGroup {

    private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
    private static final Duration LAST_STEP = Duration.ofSeconds(5);

    private final JobStore store;
    private final JobSettings settings;
    private final String owner = ManagementFactory.getRuntimeMXBean().getName() + "/" + UUID.randomUUID();
    private final Map<JobKind, Work> works = new ConcurrentHashMap<>();
    private final Map<Long, Progress> running = new ConcurrentHashMap<>();
    // As many as there are jobs, which exclude each other on a shard.
    private final ExecutorService threads = Threads.pool("job", null, Integer.MAX_VALUE, 1);

    /** What a job does; returns when it is done. */
    @FunctionalInterface
    public interface Work {
        /** @throws Progress.StoppedException when {@link Progress#checkStopped} says so */
        void run(Job job, Progress progress) throws Exception;
    }

    /** What is over with the caller's request. */
    @FunctionalInterface
    public interface Task<T, E extends Exception> {
        T run(Progress progress) throws E;
    }

    Jobs(JobStore store, JobSettings settings, Loops loops) {
        super(DEFAULT_PHASE);
        this.store = store;
        this.settings = settings;
        add(loops.every(Duration.ZERO, settings.heartbeat(), "job-heartbeat", null, this::beat));
    }

    /** Says what jobs of a kind do; before any is started or resumed. */
    public void register(JobKind kind, Work work) {
        works.put(kind, work);
    }

    /**
     * Writes the job down and starts it.
     *
     * @throws JobConflictException if one that excludes it is running, on whatever instance
     * @throws DataAccessException if the master cannot be asked
     */
    public Job start(Job.Request request) {
        Job job = store.begin(request, owner);
        LOG.info(
                "{} {} of shard {} for {}: {} {}",
                job.kind(),
                job.id(),
                job.shard() == null ? "all" : job.shard(),
                job.requestedBy(),
                job.reason(),
                job.options());
        run(job);
        return job;
    }

    /**
     * Goes on with an interrupted or failed job.
     *
     * @return empty if it is neither
     * @throws JobConflictException if one that excludes it is running
     */
    public Optional<Job> resume(Job job) {
        if (!store.takeOver(job, owner, false)) {
            return Optional.empty();
        }
        Job resumed = store.find(job.id()).orElseThrow();
        run(resumed);
        return Optional.of(resumed);
    }

    /**
     * Writes down and does what is over with the caller's request.
     *
     * @throws JobConflictException if one that excludes it is running, on whatever instance
     * @throws DataAccessException if the master cannot be asked; then nothing is done
     */
    public <T, E extends Exception> T now(Job.Request request, Task<T, E> task) throws E {
        Job job = store.begin(request, owner);
        var progress = new Progress(job);
        running.put(job.id(), progress);
        JobState state = JobState.FAILED;
        String message = "";
        try {
            T result = task.run(progress);
            state = JobState.DONE;
            return result;
        } catch (Throwable e) {
            message = DatabaseName.MASTER.explain(e);
            throw e;
        } finally {
            end(job, progress, state, message);
        }
    }

    private void run(Job job) {
        var progress = new Progress(job);
        running.put(job.id(), progress);
        try {
            Work work = Objects.requireNonNull(works.get(job.kind()), () -> job.kind() + " is not registered");
            threads.execute(() -> run(job, work, progress));
        } catch (Throwable e) {
            // Such as an OutOfMemoryError, where no thread is to be had.
            end(job, progress, JobState.FAILED, DatabaseName.MASTER.explain(e));
            throw e;
        }
    }

    private void run(Job job, Work work, Progress progress) {
        JobState state = JobState.DONE;
        String message = "";
        try {
            work.run(job, progress);
        } catch (Progress.StoppedException e) {
            // Written by whoever cancelled it; a stop of this instance is the other reason.
            state = JobState.INTERRUPTED;
            message = "its instance was stopped";
        } catch (Throwable e) {
            // An Error, too: a job that stays running with nobody at work would block its shard.
            LOG.error("Job {} failed", job.id(), e);
            state = JobState.FAILED;
            message = DatabaseName.MASTER.explain(e);
        }
        end(job, progress, state, message);
    }

    private void end(Job job, Progress progress, JobState state, String message) {
        try {
            while (true) {
                try {
                    store.end(job.id(), owner, progress.snapshot(), state, message);
                    LOG.info(
                            "Job {} is over: {} {}",
                            job.id(),
                            state,
                            progress.snapshot().counts());
                    return;
                } catch (DataAccessException e) {
                    LOG.warn(
                            "The end of job {} ({}) cannot be written: {}",
                            job.id(),
                            state,
                            DatabaseName.MASTER.explain(e));
                    if (!isRunning()) {
                        return;
                    }
                    Thread.sleep(settings.heartbeat().toMillis());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            running.remove(job.id());
        }
    }

    public Optional<Job> find(JobKind kind, long id) {
        return store.find(id).filter(job -> job.kind() == kind);
    }

    /** Whether it is at work on this instance, whatever others take it for. */
    public boolean isAtWork(long id) {
        return running.containsKey(id);
    }

    /**
     * The newest first.
     *
     * @param kind null for all
     */
    public List<Job> newest(@Nullable JobKind kind, int limit) {
        return store.newest(kind, limit);
    }

    /**
     * Cancels a job on whatever instance; what it has done stays.
     *
     * @return false if it was over already
     */
    public boolean cancel(long id) {
        boolean cancelled = store.cancel(id);
        Progress here = running.get(id);
        if (cancelled && here != null) {
            here.stop();
        }
        return cancelled;
    }

    private void beat() {
        running.forEach((id, progress) -> {
            try {
                if (!store.beat(id, owner, progress.snapshot()) && !takeBack(id)) {
                    progress.stop();
                }
            } catch (JobConflictException e) {
                progress.stop();
            } catch (DataAccessException | TransactionException e) {
                LOG.warn("Progress of job {} cannot be written: {}", id, DatabaseName.MASTER.explain(e));
            }
        });
        try {
            store.interruptDead();
        } catch (DataAccessException e) {
            LOG.debug("Dead jobs cannot be looked for: {}", DatabaseName.MASTER.explain(e));
        }
    }

    /** Whether it was only taken for dead, by who could not know that this instance had no way to the master. */
    private boolean takeBack(long id) {
        return store.find(id)
                .filter(job -> job.state() == JobState.INTERRUPTED)
                .filter(job -> store.takeOver(job, owner, true))
                .isPresent();
    }

    @Override
    public void stop() {
        super.stop();
        running.values().forEach(Progress::stop);
        threads.shutdown();
        try {
            if (!threads.awaitTermination(LAST_STEP.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("Jobs {} do not end in time", running.keySet());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
