package ghidanh.sync.replay;

import ghidanh.database.DatabaseName;
import ghidanh.database.Fault;
import ghidanh.event.ChangeEvent;
import ghidanh.sync.job.Progress;
import ghidanh.sync.remap.BatchRemapper;
import ghidanh.sync.remap.Remapper;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Brings rows of a shard to the master for a job, through the live listener's transaction, or only counts what that does
 * before it is rolled back. An outage is waited out for as long as it lasts or until the job is cancelled.
 */
@Component
public class RowSync {

    private static final Logger LOG = LoggerFactory.getLogger(RowSync.class);

    private static final int ATTEMPTS = 3;
    private static final long MIN_PAUSE_MS = 250;
    private static final long MAX_PAUSE_MS = 5_000;

    private final Remapper remapper;

    RowSync(Remapper remapper) {
        this.remapper = remapper;
    }

    /** A question to the master that may have to be asked again. */
    @FunctionalInterface
    public interface Step<T> {
        T ask() throws SQLException;
    }

    /**
     * Brings the rows, or counts what that would do: each batch as if the ones before had not been.
     *
     * @param rows of this shard, each once
     * @return rows by outcome: inserted, updated, unchanged, missing, conflict, failed (the master refuses the row)
     */
    public Map<String, Long> apply(String shard, Collection<ChangeEvent> rows, boolean dryRun, Progress progress) {
        return patiently(shard, progress, () -> outcomes(shard, rows, dryRun));
    }

    /** Asks until the master and the shard behind it answer. */
    public <T> T patiently(String shard, Progress progress, Step<T> step) {
        for (long pause = MIN_PAUSE_MS; ; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
            try {
                return step.ask();
            } catch (SQLException e) {
                if (Fault.of(e) == Fault.DATA) {
                    throw new IllegalStateException(DatabaseName.MASTER.explain(e), e);
                }
                progress.message("shard " + shard + " waits: " + DatabaseName.MASTER.explain(e));
                progress.pause(pause);
            }
        }
    }

    private Map<String, Long> outcomes(String shard, Collection<ChangeEvent> rows, boolean dryRun) throws SQLException {
        BatchRemapper.Step step = batch -> dryRun ? remapper.rehearse(shard, batch) : remapper.remap(shard, batch);
        var result = new BatchRemapper(step, ATTEMPTS).remap(rows);
        Map<String, Long> outcomes = new TreeMap<>();
        result.transactions()
                .forEach(transaction -> transaction
                        .outcomes()
                        .values()
                        .forEach(outcome -> outcomes.merge(outcome.name().toLowerCase(Locale.ROOT), 1L, Long::sum)));
        result.refused().forEach((row, refusal) -> {
            LOG.warn("The master refuses {} of shard {}: {}", row.key(), shard, refusal.message());
            outcomes.merge("failed", 1L, Long::sum);
        });
        return outcomes;
    }
}
