package ghidanh.sync.job.web;

import ghidanh.database.DatabaseName;
import ghidanh.shard.ShardCatalogue;
import ghidanh.sync.job.Job;
import ghidanh.sync.job.JobConflictException;
import ghidanh.sync.job.JobKind;
import ghidanh.sync.job.Jobs;
import ghidanh.sync.job.Progress;
import ghidanh.sync.web.ProblemCode;
import ghidanh.sync.web.ProblemException;
import java.net.URI;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** The same addresses, answers and problems for every kind of job. */
@Component
public class JobResource {

    private static final Logger LOG = LoggerFactory.getLogger(JobResource.class);
    private static final Map<JobKind, String> PATHS = new EnumMap<>(Map.of(
            JobKind.REPLAY, "/api/replays",
            JobKind.RESYNC, "/api/resyncs",
            JobKind.DRIFT_CHECK, "/api/drift-checks",
            JobKind.REDRIVE, "/api/redrives",
            JobKind.SYNC, "/api/syncs"));
    private static final int MAX_RATE = 1_000_000;
    private static final int MAX_TEXT = 500;
    private static final int PAGE = 50;
    private static final int MAX_PAGE = 500;

    private final Jobs jobs;
    private final JobEvents events;
    private final ShardCatalogue catalogue;

    JobResource(Jobs jobs, JobEvents events, ShardCatalogue catalogue) {
        this.jobs = jobs;
        this.events = events;
        this.catalogue = catalogue;
    }

    /** A list of jobs. */
    record JobList(List<JobView> jobs) {}

    /** 202 with the job's address. */
    public ResponseEntity<JobView> started(Supplier<Job> start) {
        Job job = asking(start);
        return ResponseEntity.accepted().location(URI.create(path(job))).body(JobView.of(job));
    }

    /** Does and answers what is over with the request, and keeps it for the audit. */
    public <T> T done(Job.Request request, Function<Progress, T> task) {
        return asking(() -> jobs.now(request, task));
    }

    static JobKind kind(String path) {
        return PATHS.entrySet().stream()
                .filter(entry -> entry.getValue().equals("/api/" + path))
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    JobView get(JobKind kind, long id) {
        return JobView.of(job(kind, id));
    }

    JobList list(@Nullable JobKind kind, @Nullable Integer limit) {
        if (limit != null && (limit < 1 || limit > MAX_PAGE)) {
            throw new ProblemException(
                    ProblemCode.INVALID_PARAMETER, "limit must be from 1 to " + MAX_PAGE + ", not " + limit + ".");
        }
        List<Job> newest = asking(() -> jobs.newest(kind, limit == null ? PAGE : limit));
        return new JobList(newest.stream().map(JobView::of).toList());
    }

    JobView cancel(JobKind kind, long id) {
        Job job = job(kind, id);
        if (!asking(() -> jobs.cancel(id))) {
            throw wrongState(job, "it is over");
        }
        return get(kind, id);
    }

    public ResponseEntity<JobView> resume(JobKind kind, long id, Function<Job, Optional<Job>> resume) {
        Job job = job(kind, id);
        return started(() -> resume.apply(job)
                .orElseThrow(() -> wrongState(job, "only an interrupted or failed one can be resumed")));
    }

    /** Events "progress" with the job's view, twice a second, and at last one "end". */
    SseEmitter events(JobKind kind, long id) {
        job(kind, id);
        return events.stream(kind, id);
    }

    /** @return null for "all" */
    public @Nullable String shard(@Nullable String shard) {
        if (shard == null) {
            throw new ProblemException(ProblemCode.INVALID_BODY, "shard is missing: a shard's name, or all.")
                    .with("shards", catalogue.names());
        }
        return shard.equals("all") ? null : known(shard);
    }

    /** The shard, which must be one of the catalogue. */
    public String known(String shard) {
        if (catalogue.find(shard).isEmpty()) {
            throw new ProblemException(
                            ProblemCode.UNKNOWN_SHARD,
                            "There is no shard '" + shard + "', but " + String.join(", ", catalogue.names()) + ".")
                    .with("shards", catalogue.names());
        }
        return shard;
    }

    /** Who writes says why; a dry run need not. */
    public String reason(@Nullable String reason, boolean writes) {
        if (reason == null || reason.isBlank()) {
            if (writes) {
                throw new ProblemException(
                        ProblemCode.INVALID_BODY,
                        "reason is missing: the audit keeps why someone wrote to the master.");
            }
            return "";
        }
        return text("reason", reason);
    }

    /** The name in the body, or the caller's address. */
    public String requestedBy(@Nullable String name, String address) {
        return name == null || name.isBlank() ? address : text("requestedBy", name);
    }

    private static String text(String field, String text) {
        if (text.length() > MAX_TEXT) {
            throw new ProblemException(
                    ProblemCode.INVALID_BODY, field + " must have at most " + MAX_TEXT + " characters.");
        }
        return text.strip();
    }

    /** @return 0 for the usual limit */
    public int rate(@Nullable Integer maxPerSecond) {
        if (maxPerSecond != null && (maxPerSecond < 1 || maxPerSecond > MAX_RATE)) {
            throw new ProblemException(
                    ProblemCode.INVALID_BODY,
                    "maxPerSecond must be from 1 to " + MAX_RATE + ", not " + maxPerSecond
                            + "; without it ghidanh.sync.replay.max-per-second is the limit.");
        }
        return maxPerSecond == null ? 0 : maxPerSecond;
    }

    private Job job(JobKind kind, long id) {
        return asking(() -> jobs.find(kind, id))
                .orElseThrow(() ->
                        new ProblemException(ProblemCode.NOT_FOUND, "There is no " + PATHS.get(kind) + "/" + id + "."));
    }

    private static ProblemException wrongState(Job job, String why) {
        return new ProblemException(ProblemCode.JOB_STATE, "Job " + job.id() + " is " + job.state() + "; " + why + ".")
                .with("state", job.state());
    }

    static String path(Job job) {
        return PATHS.get(job.kind()) + "/" + job.id();
    }

    /** Asks master or Kafka, and answers with a problem where they cannot be asked. */
    public static <T> T asking(Supplier<T> question) {
        try {
            return question.get();
        } catch (JobConflictException e) {
            String url = PATHS.get(e.kind()) + "/" + e.other();
            throw new ProblemException(ProblemCode.ALREADY_RUNNING, url + " is at work on the shard.")
                    .with("job", e.other())
                    .with("url", url);
        } catch (DataAccessException | TransactionException e) {
            LOG.warn("The master cannot be asked: {}", DatabaseName.MASTER.explain(e));
            throw new ProblemException(
                    ProblemCode.MASTER_UNAVAILABLE, "The master, which keeps the jobs, does not answer.");
        } catch (KafkaException e) {
            LOG.warn("Kafka cannot be asked: {}", e.getMessage());
            throw new ProblemException(ProblemCode.KAFKA_UNAVAILABLE, "Kafka does not answer.");
        }
    }
}
