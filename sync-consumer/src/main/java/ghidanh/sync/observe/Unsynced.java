package ghidanh.sync.observe;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * What of a shard the master does not show yet. Compared row by row: a mark may be late and an event may be lost, the rows
 * are the truth.
 *
 * @param rows registrations without mark that the master lacks or shows in an older state
 * @param oldestSeconds age of the oldest of them by the shard's clock; 0 where there is none
 */
record Unsynced(double rows, double oldestSeconds) {

    static final Unsynced UNKNOWN = new Unsynced(Double.NaN, Double.NaN);

    // A row waits since its last change. Commit times tell that exactly; where the shard does not keep them, a changed
    // old
    // registration seems to wait since it was made.
    private static final String UNMARKED = """
            -- Unsynced
            with unmarked as (
                select r.reg_id, r.version, r.created_at,
                       case when current_setting('track_commit_timestamp') = 'on'
                            then pg_xact_commit_timestamp(r.xmin)
                       end as changed_at
                  from registrations r
                 where r.synced_at is null
                 order by r.created_at, r.reg_id
                 limit ?
            )
            select u.reg_id, u.version,
                   greatest(0, extract(epoch from clock_timestamp() - greatest(u.created_at, u.changed_at)))::float8
              from unmarked u
            """;

    private static final String HOW_MANY = """
            -- Unsynced
            select count(*) from registrations where synced_at is null
            """;

    private static final String VISIBLE = """
            -- Unsynced
            select r.shard_reg_id
              from unnest(?::bigint[], ?::bigint[]) as u (reg_id, version)
              join registrations r on r.shard_name = ? and r.shard_reg_id = u.reg_id
             where r.version >= u.version
            """;

    /** A registration without mark. */
    private record Row(long version, double seconds) {}

    /**
     * Compares the shard's unmarked rows with the master's.
     *
     * @param window rows compared; beyond it, rows count as unsynced without a look
     */
    static Unsynced measure(String name, Connection shard, KeptConnection master, int window)
            throws SQLException, NoAnswerException {
        Map<Long, Row> unmarked = unmarked(shard, window);
        if (unmarked.isEmpty()) {
            return new Unsynced(0, 0);
        }
        long beyond = unmarked.size() < window ? 0 : Math.max(0, count(shard) - window);
        double youngest =
                unmarked.values().stream().mapToDouble(Row::seconds).min().orElse(0);
        master.answer(session -> removeVisible(name, session, unmarked));
        double oldest =
                unmarked.values().stream().mapToDouble(Row::seconds).max().orElse(beyond > 0 ? youngest : 0);
        return new Unsynced(unmarked.size() + beyond, oldest);
    }

    private static Map<Long, Row> unmarked(Connection shard, int window) throws SQLException {
        Map<Long, Row> unmarked = new HashMap<>();
        try (PreparedStatement statement = shard.prepareStatement(UNMARKED)) {
            statement.setInt(1, window);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    unmarked.put(rows.getLong(1), new Row(rows.getLong(2), rows.getDouble(3)));
                }
            }
        }
        return unmarked;
    }

    private static long count(Connection shard) throws SQLException {
        try (PreparedStatement statement = shard.prepareStatement(HOW_MANY);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private static Map<Long, Row> removeVisible(String name, Connection master, Map<Long, Row> unmarked)
            throws SQLException {
        Array ids = master.createArrayOf("bigint", unmarked.keySet().toArray());
        Array versions = master.createArrayOf(
                "bigint", unmarked.values().stream().map(Row::version).toArray());
        try (PreparedStatement statement = master.prepareStatement(VISIBLE)) {
            statement.setArray(1, ids);
            statement.setArray(2, versions);
            statement.setString(3, name);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    unmarked.remove(rows.getLong(1));
                }
            }
        }
        return unmarked;
    }
}
