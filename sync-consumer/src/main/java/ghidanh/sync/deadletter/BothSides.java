package ghidanh.sync.deadletter;

import ghidanh.sync.master.MasterDatabase;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What shard and master have of a registration now, for who decides about its letter: numbers, times and states, no names. */
@Component
public class BothSides {

    private static final String ON_SHARD = """
            -- BothSides
            select f.reg_id, f.stno, f.sec_no, f.status, f.version, f.created_at
              from registrations_%s f
             where f.reg_id = :id
            """;

    private static final String ON_MASTER = """
            -- BothSides
            select r.reg_id, sm.shard_stno, cm.shard_sec_no, r.status, r.version, r.created_at
              from registrations r
              left join students_map sm on sm.shard_name = r.shard_name and sm.master_stno = r.stno
              left join sections_map cm on cm.shard_name = r.shard_name and cm.master_sec_no = r.sec_no
             where r.shard_name = :shard and r.shard_reg_id = :id
             order by r.version desc
             limit 1
            """;

    private static final RowMapper<Side> SIDE = (row, number) -> new Side(
            row.getLong(1),
            row.getObject(2, Integer.class),
            row.getObject(3, Integer.class),
            row.getString(4),
            row.getLong(5),
            row.getObject(6, OffsetDateTime.class).toInstant());

    private final MasterDatabase master;

    BothSides(MasterDatabase master) {
        this.master = master;
    }

    /**
     * A registration as one of them has it.
     *
     * @param regId its number there
     * @param stno the shard's number of the student, as secNo; null where the master has none of this shard
     */
    public record Side(
            long regId,
            @Nullable Integer stno,
            @Nullable Integer secNo,
            String status,
            long version,
            Instant createdAt) {}

    /** Null where one does not have it. */
    public record Pair(@Nullable Side shard, @Nullable Side master) {}

    /** @param shard of the catalogue */
    public Pair of(String shard, long regId) {
        JdbcClient session = JdbcClient.create(master.forShard(shard));
        Optional<Side> there = session.sql(ON_SHARD.formatted(shard))
                .param("id", regId)
                .query(SIDE)
                .optional();
        Optional<Side> here = session.sql(ON_MASTER)
                .param("shard", shard)
                .param("id", regId)
                .query(SIDE)
                .optional();
        return new Pair(there.orElse(null), here.orElse(null));
    }
}
