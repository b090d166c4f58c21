package ghidanh.sync.job.web;

import ghidanh.sync.job.Job;
import ghidanh.sync.job.JobKind;
import ghidanh.sync.job.Jobs;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Streams of a job's progress, read from the master: any instance can tell of any job. */
@Component
class JobEvents implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(JobEvents.class);
    private static final long PERIOD_MS = 500;

    private final Jobs jobs;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "job-events");
        thread.setDaemon(true);
        return thread;
    });

    JobEvents(Jobs jobs) {
        this.jobs = jobs;
    }

    SseEmitter stream(JobKind kind, long id) {
        var emitter = new SseEmitter(0L);
        var ticking = new AtomicReference<ScheduledFuture<?>>();
        Runnable stop = () -> {
            ScheduledFuture<?> tick = ticking.get();
            if (tick != null) {
                tick.cancel(false);
            }
        };
        emitter.onCompletion(stop);
        emitter.onError(e -> stop.run());
        ticking.set(
                clock.scheduleWithFixedDelay(() -> send(emitter, kind, id, stop), 0, PERIOD_MS, TimeUnit.MILLISECONDS));
        return emitter;
    }

    private void send(SseEmitter emitter, JobKind kind, long id, Runnable stop) {
        try {
            Optional<Job> job = jobs.find(kind, id);
            boolean over = job.isEmpty() || job.get().state().isOver();
            if (job.isPresent()) {
                emitter.send(SseEmitter.event()
                        .name(over ? "end" : "progress")
                        .data(JobView.of(job.get()), MediaType.APPLICATION_JSON));
            }
            if (over) {
                stop.run();
                emitter.complete();
            }
        } catch (DataAccessException e) {
            LOG.debug("No progress of job {} now: {}", id, e.getMessage());
        } catch (IOException | IllegalStateException e) {
            // The reader has gone.
            stop.run();
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
