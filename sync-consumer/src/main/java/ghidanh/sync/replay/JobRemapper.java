package ghidanh.sync.replay;

import ghidanh.event.ChangeEvent;
import ghidanh.sync.job.Progress;
import ghidanh.sync.remap.BatchRemapper;
import ghidanh.sync.remap.Remapper;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Remaps rows for a job, in the live listener's transactions, or only counts what these do before they are rolled back. */
@Component
public class JobRemapper {

    private static final Logger LOG = LoggerFactory.getLogger(JobRemapper.class);

    private static final int ATTEMPTS = 3;

    private final Remapper remapper;

    JobRemapper(Remapper remapper) {
        this.remapper = remapper;
    }

    /**
     * Brings the rows, or counts what that would do: each batch as if the ones before had not been. Waits out an outage.
     *
     * @param rows of this shard, each once
     * @return rows by outcome: inserted, updated, unchanged, missing, conflict, failed (the master refuses the row)
     */
    public Map<String, Long> remap(String shard, List<ChangeEvent> rows, boolean dryRun, Progress progress) {
        return progress.untilAnswered(shard, () -> outcomes(shard, rows, dryRun, progress));
    }

    private Map<String, Long> outcomes(String shard, List<ChangeEvent> rows, boolean dryRun, Progress progress)
            throws SQLException {
        Map<String, Long> outcomes = new TreeMap<>();
        new BatchRemapper(
                        batch -> dryRun ? remapper.rehearse(shard, batch) : remapper.remap(shard, batch),
                        ATTEMPTS,
                        false)
                .remap(
                        rows,
                        transaction -> transaction
                                .outcomes()
                                .values()
                                .forEach(outcome -> outcomes.merge(outcome.tag(), 1L, Long::sum)))
                .forEach((row, refusal) -> {
                    LOG.debug("The master refuses {} of shard {}: {}", row.key(), shard, refusal.message());
                    progress.refused(row.key(), refusal.message());
                    outcomes.merge("failed", 1L, Long::sum);
                });
        return outcomes;
    }
}
