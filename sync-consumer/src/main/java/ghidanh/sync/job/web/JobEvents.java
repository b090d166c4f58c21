package ghidanh.sync.job.web;

import ghidanh.loop.LoopGroup;
import ghidanh.loop.Loops;
import ghidanh.sync.job.Job;
import ghidanh.sync.job.JobKind;
import ghidanh.sync.job.Jobs;
import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Streams of a job's progress, read from the master: any instance can tell of any job. Stopped after the jobs and the web
 * server, so that readers hear of the end.
 */
@Component
class JobEvents extends LoopGroup {

    private static final Logger LOG = LoggerFactory.getLogger(JobEvents.class);
    private static final Duration PERIOD = Duration.ofMillis(500);
    /** Streams at once; each asks the master at each turn. */
    private static final int MOST = 100;

    private final Jobs jobs;
    private final Set<Stream> streams = ConcurrentHashMap.newKeySet();

    private record Stream(JobKind kind, long id, SseEmitter emitter) {}

    JobEvents(Jobs jobs, Loops loops) {
        super(0);
        this.jobs = jobs;
        add(loops.every(PERIOD, PERIOD, "job-events", null, () -> streams.forEach(this::send)));
    }

    /** @throws ghidanh.web.ProblemException if there are too many already */
    SseEmitter stream(JobKind kind, long id) {
        if (streams.size() >= MOST) {
            throw Problem.of(ProblemCode.TOO_BUSY, MOST + " streams of progress are open already.")
                    .exception();
        }
        var stream = new Stream(kind, id, new SseEmitter(0L));
        stream.emitter().onCompletion(() -> streams.remove(stream));
        stream.emitter().onError(e -> streams.remove(stream));
        streams.add(stream);
        send(stream);
        return stream.emitter();
    }

    private void send(Stream stream) {
        try {
            Optional<Job> job = jobs.find(stream.kind(), stream.id());
            boolean over = job.isEmpty() || job.get().state().isOver();
            if (job.isPresent()) {
                stream.emitter()
                        .send(SseEmitter.event()
                                .name(over ? "end" : "progress")
                                .data(JobView.of(job.get()), MediaType.APPLICATION_JSON));
            }
            if (over) {
                streams.remove(stream);
                stream.emitter().complete();
            }
        } catch (DataAccessException e) {
            LOG.debug("No progress of job {} now: {}", stream.id(), e.getMessage());
        } catch (IOException | IllegalStateException e) {
            // The reader has gone.
            streams.remove(stream);
        } catch (RuntimeException | Error e) {
            // Its reader asks again; those of other streams must not suffer each time.
            streams.remove(stream);
            stream.emitter().completeWithError(e);
            throw e;
        }
    }
}
