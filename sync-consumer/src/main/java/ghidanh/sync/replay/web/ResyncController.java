package ghidanh.sync.replay.web;

import ghidanh.sync.job.JobKind;
import ghidanh.sync.job.web.JobResource;
import ghidanh.sync.job.web.JobView;
import ghidanh.sync.replay.Resyncs;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/resyncs")
class ResyncController {

    private final Resyncs resyncs;
    private final JobResource jobs;

    ResyncController(Resyncs resyncs, JobResource jobs) {
        this.resyncs = resyncs;
        this.jobs = jobs;
    }

    /** Body of a resync; the fields are those of a replay. */
    record ResyncRequest(
            @Nullable String shard,
            @Nullable Boolean dryRun,
            @Nullable Integer maxPerSecond,
            @Nullable String reason,
            @Nullable String requestedBy) {}

    @PostMapping
    ResponseEntity<JobView> start(@RequestBody ResyncRequest request, HttpServletRequest http) {
        boolean dryRun = request.dryRun() == null || request.dryRun();
        var order = new Resyncs.Order(
                jobs.shard(request.shard()),
                dryRun,
                jobs.rate(request.maxPerSecond()),
                jobs.reason(request.reason(), !dryRun),
                jobs.requestedBy(request.requestedBy(), http.getRemoteAddr()));
        return jobs.started(() -> resyncs.start(order));
    }

    @PostMapping("/{id}/resume")
    ResponseEntity<JobView> resume(@PathVariable long id) {
        return jobs.resume(JobKind.RESYNC, id, resyncs::resume);
    }
}
