package ghidanh.sync.job.web;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** What jobs of all kinds answer in the same way; how one is started is the kind's own affair. */
@RestController
class JobController {

    private static final String ONE = "/api/{kind:replays|resyncs|drift-checks|redrives|syncs}";
    private static final String LONG_ONE = "/api/{kind:replays|resyncs|drift-checks}/{id}";

    private final JobResource jobs;

    JobController(JobResource jobs) {
        this.jobs = jobs;
    }

    /** The audit: whatever was asked for, the newest first. */
    @GetMapping("/api/jobs")
    JobResource.JobList all(@RequestParam(required = false) @Nullable Integer limit) {
        return jobs.list(null, limit);
    }

    @GetMapping(ONE)
    JobResource.JobList list(@PathVariable String kind, @RequestParam(required = false) @Nullable Integer limit) {
        return jobs.list(JobResource.kind(kind), limit);
    }

    @GetMapping(ONE + "/{id}")
    JobView get(@PathVariable String kind, @PathVariable long id) {
        return jobs.get(JobResource.kind(kind), id);
    }

    @GetMapping(ONE + "/{id}/events")
    SseEmitter events(@PathVariable String kind, @PathVariable long id) {
        return jobs.events(JobResource.kind(kind), id);
    }

    @DeleteMapping(LONG_ONE)
    JobView cancel(@PathVariable String kind, @PathVariable long id) {
        return jobs.cancel(JobResource.kind(kind), id);
    }
}
