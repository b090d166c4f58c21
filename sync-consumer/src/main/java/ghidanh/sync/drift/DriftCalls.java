package ghidanh.sync.drift;

import ghidanh.event.Entity;
import ghidanh.sync.master.MasterDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** The master's functions that compare it with a shard. Each call is a transaction, with a snapshot of its own. */
@Component
class DriftCalls {

    private static final String BUCKETS = """
            -- DriftCalls
            select bucket, shard_rows, master_rows, coalesce(same, false) from drift_buckets(?, ?)
            """;

    private static final String ROWS = """
            -- DriftCalls
            select id, kind, shard_version from drift_rows(?, ?, ?, ?)
            """;

    private static final String FORGET_VERSIONS = """
            -- DriftCalls
            select forget_versions(?, ?, ?)
            """;

    private static final String REMOVE_EXTRA = """
            -- DriftCalls
            select remove_extra(?, ?, ?)
            """;

    private final MasterDatabase master;

    DriftCalls(MasterDatabase master) {
        this.master = master;
    }

    /** Rows whose numbers divided by 4096 are the same. */
    record Bucket(long number, long shardRows, long masterRows, boolean same) {}

    /** A row that differs, with the shard's version of it, 0 if it has none. */
    record Row(long id, DriftKind kind, long shardVersion) {}

    List<Bucket> buckets(String shard, Entity entity) throws SQLException {
        try (Connection session = master.patient().getConnection();
                PreparedStatement statement = session.prepareStatement(BUCKETS)) {
            statement.setString(1, shard);
            statement.setString(2, entity.outboxName());
            List<Bucket> buckets = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    buckets.add(new Bucket(rows.getLong(1), rows.getLong(2), rows.getLong(3), rows.getBoolean(4)));
                }
            }
            return buckets;
        }
    }

    List<Row> rows(String shard, Entity entity, long firstId, long lastId) throws SQLException {
        try (Connection session = master.forShard(shard).getConnection();
                PreparedStatement statement = session.prepareStatement(ROWS)) {
            statement.setString(1, shard);
            statement.setString(2, entity.outboxName());
            statement.setLong(3, firstId);
            statement.setLong(4, lastId);
            List<Row> differing = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    differing.add(new Row(rows.getLong(1), DriftKind.of(rows.getString(2)), rows.getLong(3)));
                }
            }
            return differing;
        }
    }

    /** Lets the next remap of these rows win, whatever version the master shows. */
    void forgetVersions(String shard, Entity entity, long[] ids) throws SQLException {
        ask(FORGET_VERSIONS, shard, entity, ids);
    }

    /** @return rows removed */
    long removeExtra(String shard, Entity entity, long[] ids) throws SQLException {
        return ask(REMOVE_EXTRA, shard, entity, ids);
    }

    private long ask(String call, String shard, Entity entity, long[] ids) throws SQLException {
        try (Connection session = master.forShard(shard).getConnection();
                PreparedStatement statement = session.prepareStatement(call)) {
            statement.setString(1, shard);
            statement.setString(2, entity.outboxName());
            statement.setObject(3, ids);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return call.equals(REMOVE_EXTRA) ? rows.getLong(1) : 0;
            }
        }
    }
}
