package ghidanh.registration.read;

import ghidanh.registration.database.Times;
import ghidanh.registration.read.Registration.MasterState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads registrations from the master; student and section carry the numbers of their shard here, too. */
final class MasterRegistrations {

    private static final String STATES = """
            -- MasterRegistrations
            select r.shard_name,
                   r.shard_reg_id,
                   r.reg_id,
                   r.synced_at,
                   r.version
              from unnest(:shards, :regIds) as a (shard_name, shard_reg_id)
              join registrations r using (shard_name, shard_reg_id)
            """;

    private static final String ONE = """
            -- MasterRegistrations
            select r.shard_name,
                   r.shard_reg_id,
                   sm.shard_stno,
                   tm.shard_sec_no,
                   concat_ws(' ', s.lname, nullif(s.mname, ''), s.fname) as student_name,
                   c.c_name,
                   t.year,
                   t.semester,
                   t.time,
                   t.hall,
                   r.status,
                   r.created_at,
                   r.version,
                   r.synced_at,
                   r.reg_id
              from registrations r
              join students s using (stno)
              join students_map sm on sm.master_stno = r.stno
              join sections t using (sec_no)
              join sections_map tm on tm.master_sec_no = r.sec_no and tm.shard_name = r.shard_name
              join courses c using (c_no)
             where r.shard_name = :shard
               and r.shard_reg_id = :regId
            """;

    // (created_at, reg_id) is indexed; the shard's id settles ties the same way on shard and master.
    private static final String NEWEST = """
            -- MasterRegistrations
            select r.shard_name,
                   r.shard_reg_id,
                   sm.shard_stno,
                   tm.shard_sec_no,
                   concat_ws(' ', s.lname, nullif(s.mname, ''), s.fname) as student_name,
                   c.c_name,
                   t.year,
                   t.semester,
                   t.time,
                   t.hall,
                   r.status,
                   r.created_at,
                   r.version,
                   r.synced_at,
                   r.reg_id
              from (select *
                      from registrations n
                     where (n.created_at, n.shard_name collate "C", n.shard_reg_id)
                         < (:createdAt, :afterShard, :afterRegId)
                     order by n.created_at desc, n.shard_name collate "C" desc, n.shard_reg_id desc
                     limit :limit) r
              join students s using (stno)
              join students_map sm on sm.master_stno = r.stno
              join sections t using (sec_no)
              join sections_map tm on tm.master_sec_no = r.sec_no and tm.shard_name = r.shard_name
              join courses c using (c_no)
             order by r.created_at desc, r.shard_name collate "C" desc, r.shard_reg_id desc
            """;

    private MasterRegistrations() {}

    /** What the master has of these registrations; without those it has not. */
    static Map<RegistrationId, MasterState> states(JdbcClient master, Collection<RegistrationId> ids) {
        Map<RegistrationId, MasterState> states = new HashMap<>();
        master.sql(STATES)
                .param("shards", ids.stream().map(RegistrationId::shard).toArray(String[]::new))
                .param("regIds", ids.stream().mapToLong(RegistrationId::regId).toArray())
                .query(row -> {
                    states.put(
                            id(row),
                            new MasterState(
                                    row.getLong("reg_id"), Times.ofNullable(row, "synced_at"), row.getLong("version")));
                });
        return states;
    }

    static Optional<Registration> find(JdbcClient master, RegistrationId id) {
        return master.sql(ONE)
                .param("shard", id.shard())
                .param("regId", id.regId())
                .query((row, number) -> registration(row))
                .optional();
    }

    static List<Registration> newest(JdbcClient master, Position after, int limit) {
        return master.sql(NEWEST)
                .param("createdAt", Times.parameter(after.createdAt()))
                .param("afterShard", after.shard())
                .param("afterRegId", after.regId())
                .param("limit", limit)
                .query((row, number) -> registration(row))
                .list();
    }

    private static RegistrationId id(ResultSet row) throws SQLException {
        return new RegistrationId(row.getString("shard_name"), row.getLong("shard_reg_id"));
    }

    private static Registration registration(ResultSet row) throws SQLException {
        return new Registration(
                id(row),
                row.getInt("shard_stno"),
                row.getInt("shard_sec_no"),
                row.getString("student_name"),
                ShardRegistrations.section(row),
                ShardRegistrations.status(row),
                Times.of(row, "created_at"),
                row.getLong("version"),
                Times.ofNullable(row, "synced_at"),
                row.getLong("reg_id"));
    }
}
