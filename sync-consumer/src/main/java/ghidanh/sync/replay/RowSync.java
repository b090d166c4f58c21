package ghidanh.sync.replay;

import ghidanh.event.ChangeEvent;
import ghidanh.event.Entity;
import ghidanh.sync.job.Progress;
import ghidanh.sync.master.Fault;
import ghidanh.sync.master.MasterDatabase;
import ghidanh.sync.remap.BatchRemapper;
import ghidanh.sync.remap.Remapper;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Brings rows of a shard to the master for a job, through the live listener's transaction, or only counts what it would
 * do. An outage is waited out for as long as it lasts or until the job is cancelled.
 */
@Component
public class RowSync {

    private static final Logger LOG = LoggerFactory.getLogger(RowSync.class);

    private static final int ATTEMPTS = 3;
    private static final long MIN_PAUSE_MS = 250;
    private static final long MAX_PAUSE_MS = 5_000;

    private static final String PREVIEW = """
            -- RowSync
            select p.outcome, count(*) from preview_sync(?, ?, ?) p group by p.outcome
            """;

    private final MasterDatabase master;
    private final Remapper remapper;

    RowSync(MasterDatabase master, Remapper remapper) {
        this.master = master;
        this.remapper = remapper;
    }

    /** A question to the master that may have to be asked again. */
    @FunctionalInterface
    public interface Step<T> {
        T ask() throws SQLException;
    }

    /**
     * Brings the rows, or counts what that would do.
     *
     * @param rows of this shard, each once
     * @return rows by outcome: inserted, updated, unchanged, missing, conflict, failed (the master refuses the row)
     */
    public Map<String, Long> apply(String shard, Collection<ChangeEvent> rows, boolean dryRun, Progress progress) {
        return patiently(shard, progress, () -> dryRun ? preview(shard, rows) : bring(shard, rows));
    }

    /** Asks until the master and the shard behind it answer. */
    public <T> T patiently(String shard, Progress progress, Step<T> step) {
        for (long pause = MIN_PAUSE_MS; ; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
            try {
                return step.ask();
            } catch (SQLException e) {
                if (Fault.of(e) == Fault.DATA) {
                    throw new IllegalStateException(Fault.text(e), e);
                }
                progress.message("shard " + shard + " waits: " + Fault.text(e));
                progress.pause(pause);
            }
        }
    }

    private Map<String, Long> bring(String shard, Collection<ChangeEvent> rows) throws SQLException {
        var result = new BatchRemapper(batch -> remapper.remap(shard, batch), ATTEMPTS).remap(rows);
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

    private Map<String, Long> preview(String shard, Collection<ChangeEvent> rows) throws SQLException {
        Map<String, Long> outcomes = new TreeMap<>();
        try (Connection session = master.forShard(shard).getConnection();
                PreparedStatement statement = session.prepareStatement(PREVIEW)) {
            for (Entity entity : Entity.values()) {
                long[] ids = rows.stream()
                        .filter(row -> row.entity() == entity)
                        .mapToLong(ChangeEvent::id)
                        .toArray();
                if (ids.length > 0) {
                    statement.setString(1, shard);
                    statement.setString(2, entity.outboxName());
                    statement.setObject(3, ids);
                    try (ResultSet counts = statement.executeQuery()) {
                        while (counts.next()) {
                            outcomes.merge(counts.getString(1), counts.getLong(2), Long::sum);
                        }
                    }
                }
            }
        }
        return outcomes;
    }
}
