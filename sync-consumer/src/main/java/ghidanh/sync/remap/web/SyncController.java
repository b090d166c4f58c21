package ghidanh.sync.remap.web;

import ghidanh.database.DatabaseName;
import ghidanh.database.Fault;
import ghidanh.sync.job.Job;
import ghidanh.sync.job.JobKind;
import ghidanh.sync.job.Progress;
import ghidanh.sync.job.web.JobResource;
import ghidanh.sync.remap.ManualSync;
import ghidanh.sync.web.ProblemCode;
import ghidanh.sync.web.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.sql.SQLException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

@RestController
class SyncController {

    private static final Logger LOG = LoggerFactory.getLogger(SyncController.class);

    private static final JsonNode NOTHING = JsonNodeFactory.instance.objectNode();

    private final ManualSync manualSync;
    private final JobResource jobs;

    SyncController(ManualSync manualSync, JobResource jobs) {
        this.manualSync = manualSync;
        this.jobs = jobs;
    }

    /** Runs the seed's manual sync, one at a time, and answers with the rows it inserted or updated. */
    @PostMapping("/api/sync")
    ManualSync.Report sync(HttpServletRequest http) {
        var audit = new Job.Request(
                JobKind.SYNC, null, NOTHING, "POST /api/sync", jobs.requestedBy(null, http.getRemoteAddr()), NOTHING);
        return jobs.done(audit, this::sync);
    }

    private ManualSync.Report sync(Progress progress) {
        try {
            ManualSync.Report report = manualSync.run();
            if (report.shards().isEmpty()) {
                throw new ProblemException(ProblemCode.SHARD_UNAVAILABLE, "No shard can be reached from the master.")
                        .with("unavailableShards", report.unavailableShards());
            }
            progress.step(report.registrations(), Map.of("registrations", report.registrations()), NOTHING);
            return report;
        } catch (SQLException e) {
            LOG.warn("Manual sync failed: {}", DatabaseName.MASTER.explain(e));
            throw problem(Fault.of(e));
        }
    }

    private static ProblemException problem(Fault fault) {
        return switch (fault) {
            case OUTAGE ->
                new ProblemException(ProblemCode.MASTER_UNAVAILABLE, "The master cannot be reached; nothing is lost.");
            case SETUP -> new ProblemException(ProblemCode.MASTER_UNAVAILABLE, "The master is still being set up.");
            case BUSY ->
                new ProblemException(
                        ProblemCode.MASTER_UNAVAILABLE, "Something else held the rows for too long; try again.");
            case DATA, BUG -> new ProblemException(ProblemCode.INTERNAL, "The master refused; the log says what.");
        };
    }
}
