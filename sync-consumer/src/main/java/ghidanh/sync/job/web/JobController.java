package ghidanh.sync.job.web;

import ghidanh.access.Allowed;
import ghidanh.access.UserRole;
import ghidanh.sync.job.Job;
import ghidanh.sync.job.JobKind;
import ghidanh.sync.job.Jobs;
import ghidanh.web.Api;
import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** What jobs of all kinds answer in the same way; how one is started is the kind's own affair. */
@RestController
class JobController {

    private static final String ONE = "/api/{kind:replays|resyncs|drift-checks|redrives|syncs}";
    private static final String LONG_ONE = "/api/{kind:replays|resyncs|drift-checks}/{id}";

    private final Jobs jobs;
    private final JobEvents events;

    JobController(Jobs jobs, JobEvents events) {
        this.jobs = jobs;
        this.events = events;
    }

    /** A list of jobs. */
    record JobList(List<JobView> jobs) {

        static JobList of(List<Job> jobs) {
            return new JobList(jobs.stream().map(JobView::of).toList());
        }
    }

    /** The audit: whatever was asked for, the newest first. */
    @Api(value = "Shows the newest jobs of all kinds", problems = ProblemCode.MASTER_UNAVAILABLE)
    @Allowed(UserRole.OPERATOR)
    @GetMapping("/api/jobs")
    JobList all(@RequestParam(defaultValue = "50") @Min(1) @Max(500) int limit) {
        return JobList.of(jobs.newest(null, limit));
    }

    @Api(value = "Shows the newest jobs of a kind", problems = ProblemCode.MASTER_UNAVAILABLE)
    @Allowed(UserRole.OPERATOR)
    @GetMapping(ONE)
    JobList list(@PathVariable String kind, @RequestParam(defaultValue = "50") @Min(1) @Max(500) int limit) {
        return JobList.of(jobs.newest(JobKind.ofPath("/api/" + kind), limit));
    }

    @Api(
            value = "Shows a job",
            problems = {ProblemCode.NOT_FOUND, ProblemCode.MASTER_UNAVAILABLE})
    @Allowed(UserRole.OPERATOR)
    @GetMapping(ONE + "/{id}")
    JobView get(@PathVariable String kind, @PathVariable long id) {
        return JobView.of(job(kind, id));
    }

    /** Events "progress" with the job's view, twice a second, and at last one "end". */
    @Api(
            value = "Streams a job's progress, as server-sent events",
            problems = {ProblemCode.TOO_BUSY, ProblemCode.NOT_FOUND, ProblemCode.MASTER_UNAVAILABLE})
    @Allowed(UserRole.OPERATOR)
    @GetMapping(ONE + "/{id}/events")
    SseEmitter events(@PathVariable String kind, @PathVariable long id) {
        return events.stream(job(kind, id).kind(), id);
    }

    @Api(
            value = "Cancels a running job",
            problems = {ProblemCode.NOT_FOUND, ProblemCode.JOB_STATE, ProblemCode.MASTER_UNAVAILABLE})
    @Allowed(UserRole.OPERATOR)
    @DeleteMapping(LONG_ONE)
    JobView cancel(@PathVariable String kind, @PathVariable long id) {
        Job job = job(kind, id);
        if (!jobs.cancel(id)) {
            throw wrongState(job, "it is over");
        }
        return get(kind, id);
    }

    @Api(
            value = "Goes on with a job that was interrupted or failed",
            statuses = 202,
            problems = {
                ProblemCode.NOT_FOUND,
                ProblemCode.JOB_STATE,
                ProblemCode.ALREADY_RUNNING,
                ProblemCode.MASTER_UNAVAILABLE,
                ProblemCode.KAFKA_UNAVAILABLE
            })
    @Allowed(UserRole.OPERATOR)
    @PostMapping("/api/{kind:replays|resyncs}/{id}/resume")
    ResponseEntity<JobView> resume(@PathVariable String kind, @PathVariable long id) {
        Job job = job(kind, id);
        return JobView.accepted(jobs.resume(job)
                .orElseThrow(() -> wrongState(job, "only an interrupted or failed one can be resumed")));
    }

    private Job job(String kind, long id) {
        String path = "/api/" + kind;
        return jobs.find(JobKind.ofPath(path), id)
                .orElseThrow(() -> Problem.of(ProblemCode.NOT_FOUND, "There is no " + path + "/" + id + ".")
                        .exception());
    }

    private static RuntimeException wrongState(Job job, String why) {
        return Problem.of(ProblemCode.JOB_STATE, "Job " + job.id() + " is " + job.state() + "; " + why + ".")
                .with("state", job.state())
                .exception();
    }
}
