package ghidanh.registration.read;

import ghidanh.registration.database.Times;
import ghidanh.registration.read.Registration.Section;
import ghidanh.registration.read.Registration.Status;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads registrations where they were made. */
final class ShardRegistrations {

    private static final String ONE = """
            -- ShardRegistrations
            select r.reg_id,
                   r.stno,
                   r.sec_no,
                   concat_ws(' ', s.lname, nullif(s.mname, ''), s.fname) as student_name,
                   c.c_name,
                   t.year,
                   t.semester,
                   t.time,
                   t.hall,
                   r.status,
                   r.created_at,
                   r.version,
                   r.synced_at
              from registrations r
              join students s using (stno)
              join sections t using (sec_no)
              join courses c using (c_no)
             where r.reg_id = :regId
            """;

    private static final String UNSYNCED = """
            -- ShardRegistrations
            select r.reg_id,
                   r.stno,
                   r.sec_no,
                   concat_ws(' ', s.lname, nullif(s.mname, ''), s.fname) as student_name,
                   c.c_name,
                   t.year,
                   t.semester,
                   t.time,
                   t.hall,
                   r.status,
                   r.created_at,
                   r.version,
                   r.synced_at
              from registrations r
              join students s using (stno)
              join sections t using (sec_no)
              join courses c using (c_no)
             where r.synced_at is null
               and (r.created_at, cast(:shard as text) collate "C", r.reg_id) < (:createdAt, :afterShard, :afterRegId)
             order by r.created_at desc, r.reg_id desc
             limit :limit
            """;

    private ShardRegistrations() {}

    static Optional<Registration> find(JdbcClient shard, RegistrationId id) {
        return shard.sql(ONE)
                .param("regId", id.regId())
                .query((row, number) -> registration(id.shard(), row))
                .optional();
    }

    /** Those without a mark, newest first; some may be on the master already. */
    static List<Registration> unsynced(JdbcClient client, String shard, Position after, int limit) {
        return client.sql(UNSYNCED)
                .param("shard", shard)
                .param("createdAt", Times.parameter(after.createdAt()))
                .param("afterShard", after.shard())
                .param("afterRegId", after.regId())
                .param("limit", limit)
                .query((row, number) -> registration(shard, row))
                .list();
    }

    private static Registration registration(String shard, ResultSet row) throws SQLException {
        return new Registration(
                new RegistrationId(shard, row.getLong("reg_id")),
                row.getInt("stno"),
                row.getInt("sec_no"),
                row.getString("student_name"),
                section(row),
                status(row),
                Times.of(row, "created_at"),
                row.getLong("version"),
                Times.ofNullable(row, "synced_at"),
                null);
    }

    static Section section(ResultSet row) throws SQLException {
        return new Section(
                row.getString("c_name"),
                row.getInt("year"),
                row.getInt("semester"),
                row.getString("time"),
                row.getString("hall"));
    }

    static Status status(ResultSet row) throws SQLException {
        return Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT));
    }
}
