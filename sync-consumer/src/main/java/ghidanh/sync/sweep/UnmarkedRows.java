package ghidanh.sync.sweep;

import ghidanh.sync.master.MasterDatabase;
import java.time.OffsetDateTime;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads which registrations of a shard have no mark, oldest first, by the shard's own partial index. */
@Component
class UnmarkedRows {

    // The name of the foreign table comes from the catalogue, which allows [a-z0-9_] only. All conditions can be sent
    // to the
    // shard; a row comparison, (created_at, reg_id) > (...), could not.
    private static final String PAGE = """
            -- UnmarkedRows
            select f.reg_id, f.created_at, f.version
              from registrations_%s f
             where f.synced_at is null
               and f.created_at >= :after_time
               and (f.created_at > :after_time or f.reg_id > :after_id)
             order by f.created_at, f.reg_id
             limit :page_size
            """;

    private final MasterDatabase master;

    UnmarkedRows(MasterDatabase master) {
        this.master = master;
    }

    /** A registration without mark; pages go on after the last one. */
    record Row(long regId, OffsetDateTime createdAt, long version) {

        static final Row FIRST = new Row(0, OffsetDateTime.MIN, 0);
    }

    /**
     * Reads a page.
     *
     * @param after the last row of the page before, or {@link Row#FIRST}
     */
    List<Row> page(String shard, Row after, int pageSize) {
        return JdbcClient.create(master.forShard(shard))
                .sql(PAGE.formatted(shard))
                .param("after_time", after.createdAt())
                .param("after_id", after.regId())
                .param("page_size", pageSize)
                .query((row, number) -> new Row(row.getLong(1), row.getObject(2, OffsetDateTime.class), row.getLong(3)))
                .list();
    }
}
