package ghidanh.sync.remap;

import ghidanh.event.ChangeEvent;
import ghidanh.event.Entity;
import ghidanh.sync.master.MasterDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Brings rows of a shard to the master, transaction (A), and marks on the shard what has arrived, transaction (B). Idempotent;
 * a newer state is never undone.
 *
 * <p>JDBC without a template, since what happens when is the point here: the stamp is taken with the session in hand, and
 * rows of one entity are one statement in autocommit, which is one round trip, commit included.
 */
@Component
public class Remapper {

    // In this order in every transaction, so that two of them cannot wait for each other.
    private static final Map<Entity, String> CALLS = new EnumMap<>(Map.of(
            Entity.STUDENT, """
            -- Remapper
            select s.outcome, array_agg(s.stno::bigint), statement_timestamp()
              from sync_students_from_shard(?, ?) s
             group by s.outcome
            """,
            Entity.SECTION, """
            -- Remapper
            select s.outcome, array_agg(s.sec_no::bigint), statement_timestamp()
              from sync_sections_from_shard(?, ?) s
             group by s.outcome
            """,
            Entity.REGISTRATION, """
            -- Remapper
            select r.outcome, array_agg(r.reg_id::bigint), statement_timestamp()
              from sync_registrations_remapped(?, ?, true) r
             group by r.outcome
            """));

    private static final String SETTLE = """
            -- Remapper
            select r.outcome, array_agg(r.reg_id::bigint), statement_timestamp()
              from settle_registrations(?, ?) r
             group by r.outcome
            """;

    private static final String CHECK_DEFERRED = """
            -- Remapper: what a commit would check
            set constraints all immediate
            """;

    private static final String MARK_SYNCED = """
            -- Remapper
            select mark_synced(?, ?)
            """;

    private final MasterDatabase master;

    Remapper(MasterDatabase master) {
        this.master = master;
    }

    /**
     * Remaps the rows in one transaction and commits it; in another what the first leaves open, where a shard went back.
     *
     * @param rows of this shard, each once
     * @throws SQLException if nothing was committed, as far as can be known; repeating does no harm
     */
    public Remapped remap(String shard, Collection<ChangeEvent> rows) throws SQLException {
        Map<Entity, long[]> ids = idsByEntity(rows);
        try (Connection session = master.forShard(shard).getConnection()) {
            session.setAutoCommit(ids.size() == 1);
            Remapped remapped = sync(shard, ids, session);
            if (ids.size() > 1) {
                session.commit();
                session.setAutoCommit(true);
            }
            settle(shard, remapped, session);
            return remapped.visibleNow();
        }
    }

    /**
     * Remaps the rows and rolls that back: what would become of them now, by the master's own constraints and triggers.
     *
     * @param rows of this shard, each once
     * @throws SQLException as {@link #remap} would
     */
    public Remapped rehearse(String shard, Collection<ChangeEvent> rows) throws SQLException {
        try (Connection session = master.forShard(shard).getConnection();
                Statement constraints = session.createStatement()) {
            session.setAutoCommit(false);
            Remapped remapped = sync(shard, idsByEntity(rows), session);
            constraints.execute(CHECK_DEFERRED);
            session.rollback();
            return remapped;
        }
    }

    /**
     * Marks those of the registrations whose present state is on the master: transaction (B), never the one that brought
     * them.
     *
     * @return rows marked
     */
    public long mark(String shard, long[] regIds) throws SQLException {
        try (Connection session = master.forShard(shard).getConnection();
                PreparedStatement statement = session.prepareStatement(MARK_SYNCED)) {
            statement.setString(1, shard);
            statement.setObject(2, regIds);
            try (ResultSet marked = statement.executeQuery()) {
                marked.next();
                return marked.getLong(1);
            }
        }
    }

    private static Map<Entity, long[]> idsByEntity(Collection<ChangeEvent> rows) {
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("no rows to remap");
        }
        Map<Entity, long[]> ids = new EnumMap<>(Entity.class);
        for (Entity entity : Entity.values()) {
            // Sorted, so that two transactions lock rows in the same order.
            long[] ofEntity = rows.stream()
                    .filter(row -> row.entity() == entity)
                    .mapToLong(ChangeEvent::id)
                    .sorted()
                    .toArray();
            if (ofEntity.length > 0) {
                ids.put(entity, ofEntity);
            }
        }
        return ids;
    }

    /** Decides what the transaction before left open; seldom anything. */
    private static void settle(String shard, Remapped remapped, Connection session) throws SQLException {
        long[] open = remapped.outcomes().entrySet().stream()
                .filter(entry -> entry.getKey().entity() == Entity.REGISTRATION
                        && entry.getValue().isToBeSettled())
                .mapToLong(entry -> entry.getKey().id())
                .sorted()
                .toArray();
        if (open.length > 0) {
            try (PreparedStatement statement = session.prepareStatement(SETTLE)) {
                statement.setString(1, shard);
                statement.setObject(2, open);
                try (ResultSet rows = statement.executeQuery()) {
                    read(rows, shard, Entity.REGISTRATION, remapped.outcomes());
                }
            }
        }
    }

    /** One statement for each entity; committed only where that is the session's way. */
    private static Remapped sync(String shard, Map<Entity, long[]> idsByEntity, Connection session)
            throws SQLException {
        Map<ChangeEvent, Outcome> outcomes = new HashMap<>();
        long applyingMicros = 0;
        long sentNanos = 0;
        int asked = 0;
        for (Map.Entry<Entity, long[]> call : idsByEntity.entrySet()) {
            Entity entity = call.getKey();
            long[] ids = call.getValue();
            try (PreparedStatement statement = session.prepareStatement(CALLS.get(entity))) {
                statement.setString(1, shard);
                statement.setObject(2, entity == Entity.REGISTRATION ? ids : toInts(ids));
                long sent = System.nanoTime();
                try (ResultSet rows = statement.executeQuery()) {
                    long applying = read(rows, shard, entity, outcomes);
                    if (asked == 0) {
                        sentNanos = sent;
                        applyingMicros = applying;
                    }
                }
            }
            asked += ids.length;
        }
        if (outcomes.size() != asked) {
            throw new IllegalStateException(
                    "shard " + shard + ": asked for " + asked + " rows, the master told of " + outcomes.size());
        }
        return new Remapped(outcomes, applyingMicros, sentNanos, System.nanoTime());
    }

    /** @return when the master began with the statement, in microseconds since 1970 */
    private static long read(ResultSet rows, String shard, Entity entity, Map<ChangeEvent, Outcome> outcomes)
            throws SQLException {
        long applying = 0;
        while (rows.next()) {
            Outcome outcome = Outcome.of(rows.getString(1));
            for (Long id : (Long[]) rows.getArray(2).getArray()) {
                outcomes.put(new ChangeEvent(shard, entity, id), outcome);
            }
            OffsetDateTime began = rows.getObject(3, OffsetDateTime.class);
            applying = began.toEpochSecond() * 1_000_000 + began.getNano() / 1_000;
        }
        return applying;
    }

    private static int[] toInts(long[] ids) {
        int[] ints = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            ints[i] = Math.toIntExact(ids[i]);
        }
        return ints;
    }
}
