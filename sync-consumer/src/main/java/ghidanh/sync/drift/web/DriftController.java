package ghidanh.sync.drift.web;

import ghidanh.sync.drift.DriftChecks;
import ghidanh.sync.job.web.JobResource;
import ghidanh.sync.job.web.JobView;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
class DriftController {

    private final DriftChecks checks;
    private final JobResource jobs;

    DriftController(DriftChecks checks, JobResource jobs) {
        this.checks = checks;
        this.jobs = jobs;
    }

    /**
     * Body of a check.
     *
     * @param shard its name, or "all"
     * @param repair bring what is missing or different; absent means false
     * @param removeExtra remove from the master what the shard does not have; absent means false
     * @param reason for the audit; needed for repair and removeExtra
     * @param requestedBy for the audit; absent for the caller's address
     */
    record DriftRequest(
            @Nullable String shard,
            @Nullable Boolean repair,
            @Nullable Boolean removeExtra,
            @Nullable String reason,
            @Nullable String requestedBy) {}

    /** The last complete check of each shard. */
    record LatestDrift(Map<String, DriftChecks.Latest> shards) {}

    @PostMapping("/api/drift-checks")
    ResponseEntity<JobView> start(@RequestBody DriftRequest request, HttpServletRequest http) {
        boolean repair = Boolean.TRUE.equals(request.repair());
        boolean removeExtra = Boolean.TRUE.equals(request.removeExtra());
        var order = new DriftChecks.Order(
                jobs.shard(request.shard()),
                repair,
                removeExtra,
                jobs.reason(request.reason(), repair || removeExtra),
                jobs.requestedBy(request.requestedBy(), http.getRemoteAddr()));
        return jobs.started(() -> checks.start(order));
    }

    @GetMapping("/api/drift")
    LatestDrift latest() {
        return new LatestDrift(JobResource.asking(checks::latest));
    }
}
