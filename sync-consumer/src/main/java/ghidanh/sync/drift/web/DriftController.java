package ghidanh.sync.drift.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import ghidanh.access.Allowed;
import ghidanh.access.Caller;
import ghidanh.access.UserRole;
import ghidanh.shard.ShardCatalogue;
import ghidanh.sync.drift.DriftChecks;
import ghidanh.sync.job.web.JobFields;
import ghidanh.sync.job.web.JobView;
import ghidanh.web.Api;
import ghidanh.web.ProblemCode;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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

    /**
     * What is read, for the document alone.
     *
     * @param shard its name, or "all"
     * @param after the id of the check that counted what is to be removed; needed for removeExtra
     * @param reason who repairs must say why
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record WantedCheck(
            String shard,
            @Nullable Boolean repair,
            @Nullable Boolean removeExtra,
            @Nullable @Min(1) Integer after,
            @Nullable @Size(max = JobFields.LONGEST_TEXT) String reason) {}

    /** The last complete check of each shard. */
    record LatestDrift(Map<String, DriftChecks.Latest> shards) {}

    @Api(
            value = "Starts a comparison of master and shards, row by row",
            body = WantedCheck.class,
            example = "{\"shard\": \"all\"}",
            statuses = 202,
            problems = {
                ProblemCode.UNKNOWN_SHARD,
                ProblemCode.ALREADY_RUNNING,
                ProblemCode.MASTER_UNAVAILABLE,
                ProblemCode.WENT_BACK,
                ProblemCode.DRY_RUN_FIRST,
                ProblemCode.REMOVES_TOO_MUCH
            })
    @Allowed(UserRole.OPERATOR)
    @PostMapping("/api/drift-checks")
    ResponseEntity<JobView> start(@RequestBody JsonNode body, Caller caller) {
        var fields = new JobFields(body, catalogue);
        boolean repair = fields.flag("repair", false);
        boolean removeExtra = fields.flag("removeExtra", false);
        var order = new DriftChecks.Order(
                fields.shardOrAll(),
                repair,
                removeExtra,
                fields.optionalNumber("after", Integer.MAX_VALUE),
                fields.reason(repair || removeExtra),
                caller.subject());
        return JobView.accepted(checks.start(fields.checked(order)));
    }

    @Api(value = "Shows each shard's last complete check", problems = ProblemCode.MASTER_UNAVAILABLE)
    @Allowed(UserRole.OPERATOR)
    @GetMapping("/api/drift")
    LatestDrift latest() {
        return new LatestDrift(checks.latest());
    }
}
