package ghidanh.sync.remap.web;

import ghidanh.access.Allowed;
import ghidanh.access.Caller;
import ghidanh.access.UserRole;
import ghidanh.sync.job.Job;
import ghidanh.sync.job.JobKind;
import ghidanh.sync.job.Jobs;
import ghidanh.sync.remap.ManualSync;
import ghidanh.web.Api;
import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import java.sql.SQLException;
import java.util.Map;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

@RestController
class SyncController {

    private static final JsonNode NOTHING = JsonNodeFactory.instance.objectNode();

    private final ManualSync manualSync;
    private final Jobs jobs;

    SyncController(ManualSync manualSync, Jobs jobs) {
        this.manualSync = manualSync;
        this.jobs = jobs;
    }

    /** Runs the seed's manual sync, one at a time, and answers with the rows it inserted or updated. */
    @Api(
            value = "Runs the manual sync, one at a time",
            problems = {ProblemCode.ALREADY_RUNNING, ProblemCode.SHARD_UNAVAILABLE, ProblemCode.MASTER_UNAVAILABLE})
    @Allowed(UserRole.OPERATOR)
    @PostMapping("/api/sync")
    ManualSync.Report sync(Caller caller) throws SQLException {
        var audit = new Job.Request(JobKind.SYNC, null, NOTHING, "POST /api/sync", caller.subject(), NOTHING);
        return jobs.now(audit, progress -> {
            ManualSync.Report report = manualSync.run();
            if (report.shards().isEmpty()) {
                throw Problem.unavailableShards(report.unavailableShards()).exception();
            }
            progress.step(report.registrations(), Map.of("registrations", report.registrations()), NOTHING);
            return report;
        });
    }
}
