package ghidanh.sync.remap.web;

import ghidanh.sync.master.Fault;
import ghidanh.sync.remap.ManualSync;
import ghidanh.sync.web.ProblemCode;
import ghidanh.sync.web.ProblemException;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class SyncController {

    private static final Logger LOG = LoggerFactory.getLogger(SyncController.class);

    private final ManualSync manualSync;

    SyncController(ManualSync manualSync) {
        this.manualSync = manualSync;
    }

    /** Runs the seed's manual sync and answers with the rows it inserted or updated. */
    @PostMapping("/api/sync")
    ManualSync.Report sync() {
        try {
            ManualSync.Report report = manualSync.run();
            if (report.shards().isEmpty()) {
                throw new ProblemException(ProblemCode.SHARD_UNAVAILABLE, "No shard can be reached from the master.")
                        .with("unavailableShards", report.unavailableShards());
            }
            return report;
        } catch (ManualSync.AlreadyRunningException e) {
            throw new ProblemException(ProblemCode.ALREADY_RUNNING, "A manual sync is already running.");
        } catch (SQLException e) {
            LOG.warn("Manual sync failed: {}", Fault.text(e));
            throw problem(Fault.of(e));
        }
    }

    private static ProblemException problem(Fault fault) {
        return switch (fault) {
            case CONNECTION, RESOURCES ->
                new ProblemException(ProblemCode.MASTER_UNAVAILABLE, "The master cannot be reached; nothing is lost.");
            case SETUP -> new ProblemException(ProblemCode.MASTER_UNAVAILABLE, "The master is still being set up.");
            case CONFLICT, TIMEOUT ->
                new ProblemException(
                        ProblemCode.MASTER_UNAVAILABLE, "Something else held the rows for too long; try again.");
            case DATA, UNEXPECTED ->
                new ProblemException(ProblemCode.INTERNAL, "The master refused; the log says what.");
        };
    }
}
