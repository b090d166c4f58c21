package ghidanh.sync.drift;

import ghidanh.shard.UniversityRange;
import ghidanh.sync.master.MasterDatabase;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What shards lost when they went back in time and the master remembers, for the registrar. */
@Component
public class LostRegistrations {

    private static final String PAGE = """
            -- LostRegistrations
            select l.*
              from lost_registrations l
             where l.shard_name = coalesce(:shard::text, l.shard_name)
               and (l.found_at is null or :found)
               and exists (select from students s
                            where s.stno = l.master_stno
                              and s.u_id <@ cast(:universities as int4multirange))
             order by l.lost_at desc, l.shard_name, l.shard_reg_id, l.version
             limit :limit
            """;

    private static final String HOW_MANY = """
            -- LostRegistrations
            select count(*) from lost_registrations where shard_name = :shard and found_at is null
            """;

    private final MasterDatabase master;

    LostRegistrations(MasterDatabase master) {
        this.master = master;
    }

    /**
     * A registration, or a later state of one, that a shard lost.
     *
     * @param id shard and number, as the API names registrations; the number may be another registration's by now
     * @param masterRegId its number on the master
     * @param foundAt when the shard was seen to have it again
     */
    public record Lost(
            String id,
            long version,
            String studentName,
            String university,
            String courseName,
            int year,
            int semester,
            String time,
            String hall,
            String status,
            Instant createdAt,
            long masterRegId,
            Instant lostAt,
            @Nullable Instant foundAt) {}

    /**
     * The newest losses first.
     *
     * @param shard null for all
     * @param found with those that the shard has again
     */
    public List<Lost> newest(@Nullable String shard, List<UniversityRange> universities, boolean found, int limit) {
        return JdbcClient.create(master.general())
                .sql(PAGE)
                .param("shard", shard)
                .param("found", found)
                .param("universities", UniversityRange.multirange(universities))
                .param("limit", limit)
                .query((row, number) -> new Lost(
                        row.getString("shard_name") + "-" + row.getLong("shard_reg_id"),
                        row.getLong("version"),
                        row.getString("student_name"),
                        row.getString("university"),
                        row.getString("c_name"),
                        row.getInt("year"),
                        row.getInt("semester"),
                        row.getString("time"),
                        row.getString("hall"),
                        row.getString("status"),
                        row.getObject("created_at", OffsetDateTime.class).toInstant(),
                        row.getLong("master_reg_id"),
                        row.getObject("lost_at", OffsetDateTime.class).toInstant(),
                        row.getObject("found_at", OffsetDateTime.class) == null
                                ? null
                                : row.getObject("found_at", OffsetDateTime.class)
                                        .toInstant()))
                .list();
    }

    /** How many a shard has lost and not found again. */
    long count(String shard) {
        return JdbcClient.create(master.general())
                .sql(HOW_MANY)
                .param("shard", shard)
                .query(Long.class)
                .single();
    }
}
