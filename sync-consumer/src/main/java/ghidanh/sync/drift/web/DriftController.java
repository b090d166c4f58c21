package ghidanh.sync.drift.web;

import ghidanh.shard.ShardCatalogue;
import ghidanh.sync.drift.DriftChecks;
import ghidanh.sync.job.web.JobFields;
import ghidanh.sync.job.web.JobView;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

@RestController
class DriftController {

    private final DriftChecks checks;
    private final ShardCatalogue catalogue;

    DriftController(DriftChecks checks, ShardCatalogue catalogue) {
        this.checks = checks;
        this.catalogue = catalogue;
    }

    /** The last complete check of each shard. */
    record LatestDrift(Map<String, DriftChecks.Latest> shards) {}

    @PostMapping("/api/drift-checks")
    ResponseEntity<JobView> start(@RequestBody JsonNode body, HttpServletRequest http) {
        var fields = new JobFields(body, catalogue);
        boolean repair = fields.flag("repair", false);
        boolean removeExtra = fields.flag("removeExtra", false);
        var order = new DriftChecks.Order(
                fields.shardOrAll(),
                repair,
                removeExtra,
                fields.reason(repair || removeExtra),
                fields.requestedBy(http));
        return JobView.accepted(checks.start(fields.checked(order)));
    }

    @GetMapping("/api/drift")
    LatestDrift latest() {
        return new LatestDrift(checks.latest());
    }
}
