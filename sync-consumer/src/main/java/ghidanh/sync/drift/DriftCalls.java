package ghidanh.sync.drift;

import ghidanh.event.Entity;
import ghidanh.sync.master.MasterDatabase;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
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

    private static final String FIND_LOST = """
            -- DriftCalls
            select find_lost(?)
            """;

    private static final String WRONG_SEATS = """
            -- DriftCalls
            select count(*) from wrong_seats(?)
            """;

    private static final String REPAIR_SEATS = """
            -- DriftCalls
            select repair_seats(?)
            """;

    private final MasterDatabase master;

    DriftCalls(MasterDatabase master) {
        this.master = master;
    }

    /** Rows whose numbers divided by 4096 are the same. */
    record Bucket(long number, long shardRows, long masterRows, boolean same) {}

    /** A row that differs, with the shard's version of it, 0 if it has none. */
    record Row(long id, DriftKind kind, long shardVersion) {}

    List<Bucket> buckets(String shard, Entity entity) {
        return JdbcClient.create(master.patient())
                .sql(BUCKETS)
                .params(shard, entity.outboxName())
                .query((row, number) -> new Bucket(row.getLong(1), row.getLong(2), row.getLong(3), row.getBoolean(4)))
                .list();
    }

    List<Row> rows(String shard, Entity entity, long firstId, long lastId) {
        return ask(ROWS, shard, entity.outboxName(), firstId, lastId)
                .query((row, number) -> new Row(row.getLong(1), DriftKind.of(row.getString(2)), row.getLong(3)))
                .list();
    }

    /** Lets the next remap of these rows win, whatever version the master shows. */
    void forgetVersions(String shard, Entity entity, long[] ids) {
        ask(FORGET_VERSIONS, shard, entity.outboxName(), ids).query().singleRow();
    }

    /** @return rows removed */
    long removeExtra(String shard, Entity entity, long[] ids) {
        return ask(REMOVE_EXTRA, shard, entity.outboxName(), ids)
                .query(Long.class)
                .single();
    }

    /** @return lost registrations that the shard turns out to have again */
    long findLost(String shard) {
        return ask(FIND_LOST, shard).query(Long.class).single();
    }

    /** @return sections whose seats are miscounted */
    long wrongSeats(String shard) {
        return ask(WRONG_SEATS, shard).query(Long.class).single();
    }

    /** @return sections put right */
    long repairSeats(String shard) {
        return ask(REPAIR_SEATS, shard).query(Long.class).single();
    }

    private JdbcClient.StatementSpec ask(String call, String shard, Object... more) {
        return JdbcClient.create(master.forShard(shard)).sql(call).param(shard).params(more);
    }
}
