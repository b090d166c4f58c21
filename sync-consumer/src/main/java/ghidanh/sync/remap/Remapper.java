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
 * Brings rows of one shard to the master: transaction (A). Idempotent; a newer state is never undone.
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
              from sync_registrations_remapped(?, ?) r
             group by r.outcome
            """));

    private static final String CHECK_DEFERRED = """
            -- Remapper: what a commit would check
            set constraints all immediate
            """;

    private final MasterDatabase master;

    Remapper(MasterDatabase master) {
        this.master = master;
    }

    /**
     * Remaps the rows in one transaction and commits it.
     *
     * @param rows of this shard, each once
     * @throws SQLException if nothing was committed, as far as can be known; repeating does no harm
     */
    public Remapped remap(String shard, Collection<ChangeEvent> rows) throws SQLException {
        Map<Entity, long[]> ids = idsByEntity(rows);
        try (Connection session = master.forShard(shard).getConnection()) {
            session.setAutoCommit(ids.size() == 1);
            var call = new Call(shard, session);
            call.sync(ids);
            if (!session.getAutoCommit()) {
                session.commit();
            }
            return call.remapped(rows.size());
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
            var call = new Call(shard, session);
            call.sync(idsByEntity(rows));
            constraints.execute(CHECK_DEFERRED);
            session.rollback();
            return call.remapped(rows.size());
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

    private static final class Call {

        private final String shard;
        private final Connection session;
        private final Map<ChangeEvent, Outcome> outcomes = new HashMap<>();
        private long applyingMicros;
        private long sentNanos;

        Call(String shard, Connection session) {
            this.shard = shard;
            this.session = session;
        }

        void sync(Map<Entity, long[]> idsByEntity) throws SQLException {
            for (Map.Entry<Entity, long[]> ids : idsByEntity.entrySet()) {
                sync(ids.getKey(), ids.getValue());
            }
        }

        private void sync(Entity entity, long[] ids) throws SQLException {
            try (PreparedStatement statement = session.prepareStatement(CALLS.get(entity))) {
                statement.setString(1, shard);
                statement.setObject(2, entity == Entity.REGISTRATION ? ids : toInts(ids));
                long sent = System.nanoTime();
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        if (outcomes.isEmpty()) {
                            sentNanos = sent;
                            applyingMicros = micros(rows.getObject(3, OffsetDateTime.class));
                        }
                        Outcome outcome = Outcome.of(rows.getString(1));
                        for (Long id : (Long[]) rows.getArray(2).getArray()) {
                            outcomes.put(new ChangeEvent(shard, entity, id), outcome);
                        }
                    }
                }
            }
        }

        Remapped remapped(int rows) {
            long visibleNanos = System.nanoTime();
            if (outcomes.size() != rows) {
                throw new IllegalStateException(
                        "shard " + shard + ": asked for " + rows + " rows, the master told of " + outcomes.size());
            }
            return new Remapped(outcomes, applyingMicros, sentNanos, visibleNanos);
        }

        private static int[] toInts(long[] ids) {
            int[] ints = new int[ids.length];
            for (int i = 0; i < ids.length; i++) {
                ints[i] = Math.toIntExact(ids[i]);
            }
            return ints;
        }

        private static long micros(OffsetDateTime time) {
            return time.toEpochSecond() * 1_000_000 + time.getNano() / 1_000;
        }
    }
}
