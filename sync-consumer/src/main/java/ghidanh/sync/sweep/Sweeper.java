package ghidanh.sync.sweep;

import ghidanh.database.DatabaseName;
import ghidanh.database.Fault;
import ghidanh.event.ChangeEvent;
import ghidanh.event.Entity;
import ghidanh.sync.remap.BatchRemapper;
import ghidanh.sync.remap.Remapped;
import ghidanh.sync.remap.Remapper;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repairs one shard: rows that no event brought (a trigger switched off, a restored backup, a lost topic), and
 * marks that were lost (a crash between (A) and (B)). Waits while events are on their way; while Kafka is away it carries
 * the rows instead of them.
 *
 * <p>{@code registration.sync.sweep.rows} (counter, shard): registrations that the sweeper brought. Rising while Kafka is
 * well: something writes past the outbox.<br>
 * {@code registration.sync.sweep.marks} (counter, shard): marks set late. Some after a crash are normal.
 */
class Sweeper {

    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);

    private static final int SHOWN = 10;

    private final String shard;
    private final UnmarkedRows unmarked;
    private final List<LateRows> late;
    private final EventProgress progress;
    private final Remapper remapper;
    private final SweepSettings settings;
    private final Clock clock;
    private final SeenRows seen = new SeenRows();
    private final Counter repairedRows;
    private final Counter repairedMarks;
    private final Map<String, String> stuck = new TreeMap<>();
    private String told = "";
    private boolean kafkaIsAway;

    Sweeper(
            String shard,
            UnmarkedRows unmarked,
            List<LateRows> late,
            EventProgress progress,
            Remapper remapper,
            SweepSettings settings,
            Clock clock,
            MeterRegistry meters) {
        this.shard = shard;
        this.unmarked = unmarked;
        this.late = late;
        this.progress = progress;
        this.remapper = remapper;
        this.settings = settings;
        this.clock = clock;
        this.repairedRows = Counter.builder("registration.sync.sweep.rows")
                .description("Registrations brought by the sweeper, not by an event")
                .tag("shard", shard)
                .register(meters);
        this.repairedMarks = Counter.builder("registration.sync.sweep.marks")
                .description("Lost marks set by the sweeper")
                .tag("shard", shard)
                .register(meters);
    }

    /** One look at the shard. Failures are told and left to the next look. */
    void sweep() throws InterruptedException {
        try {
            stuck.clear();
            Optional<Instant> applied = appliedUntil();
            if (applied.isPresent()) {
                for (LateRows rows : late) {
                    bring(rows.look());
                }
                repair(kafkaIsAway ? Instant.MAX : applied.get().minus(settings.settle()));
            }
            told = stuck.isEmpty() ? "" : tell("rows that the master cannot take: " + stuck);
        } catch (SQLException | RuntimeException e) {
            told = tell(e);
        }
    }

    private Optional<Instant> appliedUntil() throws InterruptedException {
        try {
            Optional<Instant> applied = progress.appliedUntil(shard);
            if (kafkaIsAway) {
                kafkaIsAway = false;
                LOG.info("Shard {}: Kafka is back, its events bring the rows again", shard);
            }
            return applied;
        } catch (KafkaException e) {
            if (!kafkaIsAway) {
                kafkaIsAway = true;
                LOG.warn(
                        "Shard {}: Kafka does not answer, the sweeper brings the rows every {} s: {}",
                        shard,
                        settings.interval().toSeconds(),
                        e.getMessage());
            }
            return Optional.of(clock.instant());
        }
    }

    /** Students and sections. */
    private void bring(List<ChangeEvent> rows) throws SQLException {
        new BatchRemapper(some -> remapper.remap(shard, some), 1, false)
                .remap(rows, transaction -> {
                    int brought = idsWith(transaction, true).length;
                    if (brought > 0) {
                        LOG.info("Shard {}: brought {} students or sections that no event brought", shard, brought);
                    }
                })
                .forEach((row, refusal) -> noteStuck(row, refusal.message()));
    }

    /** Registrations that were there without a mark, as they are, at that time. */
    private void repair(Instant latest) throws SQLException {
        Instant now = clock.instant();
        seen.beginLook();
        UnmarkedRows.Row last = UnmarkedRows.Row.FIRST;
        for (int page = 0; page < settings.maxPages(); page++) {
            List<UnmarkedRows.Row> rows = unmarked.page(shard, last, settings.pageSize());
            if (rows.isEmpty()) {
                return;
            }
            repair(rows.stream()
                    .filter(row -> !seen.note(row.regId(), row.version(), now).isAfter(latest))
                    .map(row -> new ChangeEvent(shard, Entity.REGISTRATION, row.regId()))
                    .toList());
            last = rows.get(rows.size() - 1);
        }
    }

    private void repair(List<ChangeEvent> rows) throws SQLException {
        List<Remapped> transactions = new ArrayList<>();
        var refused = new BatchRemapper(some -> remapper.remap(shard, some), 1, false).remap(rows, transactions::add);
        for (Remapped transaction : transactions) {
            long[] brought = idsWith(transaction, true);
            long[] unmarked = idsWith(transaction, false);
            repairedRows.increment(brought.length);
            mark(brought);
            repairedMarks.increment(mark(unmarked));
            if (brought.length > 0) {
                LOG.info("Shard {}: brought {} registrations that no event brought", shard, brought.length);
            }
            transaction.outcomes().forEach((row, outcome) -> {
                if (!outcome.isVisible()) {
                    noteStuck(row, outcome.name());
                }
            });
        }
        refused.forEach((row, refusal) -> noteStuck(row, refusal.message()));
    }

    private void noteStuck(ChangeEvent row, String why) {
        if (stuck.size() < SHOWN) {
            stuck.put(row.entity().outboxName() + " " + row.id(), why);
        }
    }

    private long mark(long[] regIds) throws SQLException {
        return regIds.length == 0 ? 0 : remapper.mark(shard, regIds);
    }

    private static long[] idsWith(Remapped remapped, boolean newlyVisible) {
        return remapped.outcomes().entrySet().stream()
                .filter(entry ->
                        entry.getValue().isVisible() && entry.getValue().isNewlyVisible() == newlyVisible)
                .map(Map.Entry::getKey)
                .mapToLong(ChangeEvent::id)
                .sorted()
                .toArray();
    }

    private String tell(Exception e) {
        // An outage is told here as well: a listener without events does not notice it.
        if (Fault.of(e) == Fault.BUSY) {
            LOG.debug("Shard {} was not swept: {}", shard, DatabaseName.MASTER.explain(e));
            return told;
        }
        return tell(DatabaseName.MASTER.explain(e));
    }

    /** The same trouble is told once. */
    private String tell(String trouble) {
        if (!trouble.equals(told)) {
            LOG.warn("Shard {} is not fully swept: {}", shard, trouble);
        }
        return trouble;
    }
}
