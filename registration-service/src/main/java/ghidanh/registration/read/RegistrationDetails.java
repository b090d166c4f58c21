package ghidanh.registration.read;

import ghidanh.registration.database.Times;
import ghidanh.registration.read.Registration.MasterState;
import ghidanh.registration.read.Registration.Section;
import ghidanh.registration.read.Registration.Status;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads the view {@code registration_details}, which shards and master have. */
final class RegistrationDetails {

    private static final String WHOSE = "/* whose */";

    private static final String ON_SHARD = """
            -- RegistrationDetails
            select *
              from registration_details
             where reg_id = :regId
            """;

    private static final String ON_MASTER = """
            -- RegistrationDetails
            select *
              from registration_details
             where shard_name = :shard
               and reg_id = :regId
            """;

    // The page's numbers first, here and below: no plan then joins all registrations. As an array, since a join with
    // them makes planning, which each call pays, four times as dear (3.6 to 5.0 ms of CPU time instead of 1.1).
    static final String UNSYNCED = """
            -- RegistrationDetails
            select *
              from registration_details
             where reg_id = any (array(
                       select r.reg_id
                         from registrations r
                        where r.synced_at is null
                          /* whose */
                          and (r.created_at, cast(:shard as text) collate "C", r.reg_id)
                            < (:createdAt, :afterShard, :afterRegId)
                        order by r.created_at desc, r.reg_id desc
                        limit :limit))
             order by created_at desc, reg_id desc
            """;

    // (created_at, reg_id) is indexed; the shard's id settles ties the same way on shard and master.
    static final String NEWEST = """
            -- RegistrationDetails
            select *
              from registration_details
             where master_reg_id = any (array(
                       select r.reg_id
                         from registrations r
                        where (r.created_at, r.shard_name collate "C", r.shard_reg_id)
                            < (:createdAt, :afterShard, :afterRegId)
                          /* whose */
                        order by r.created_at desc, r.shard_name collate "C" desc, r.shard_reg_id desc
                        limit :limit))
             order by created_at desc, shard_name collate "C" desc, reg_id desc
            """;

    private static final String STATES = """
            -- RegistrationDetails
            select r.shard_name,
                   r.shard_reg_id as reg_id,
                   r.reg_id as master_reg_id,
                   r.synced_at,
                   r.version,
                   r.created_at,
                   r.status
              from unnest(:shards, :regIds) as a (shard_name, shard_reg_id)
              join registrations r using (shard_name, shard_reg_id)
            """;

    private static final String TAKE_MARK_BACK = """
            -- RegistrationDetails
            select take_mark_back(:regId, :version)
            """;

    private RegistrationDetails() {}

    static Optional<Registration> onShard(JdbcClient shard, RegistrationId id) {
        return shard.sql(ON_SHARD)
                .param("regId", id.regId())
                .query((row, number) -> registration(row, id.shard(), null))
                .optional();
    }

    static Optional<Registration> onMaster(JdbcClient master, RegistrationId id) {
        return master.sql(ON_MASTER)
                .param("shard", id.shard())
                .param("regId", id.regId())
                .query((row, number) -> registration(row, id.shard(), row.getLong("master_reg_id")))
                .optional();
    }

    /** So that the sweeper brings the row. */
    static int takeMarkBack(JdbcClient shard, Registration marked) {
        return shard.sql(TAKE_MARK_BACK)
                .param("regId", marked.id().regId())
                .param("version", marked.version())
                .query(Integer.class)
                .single();
    }

    /** A shard's without a sync mark, newest first; some may be on the master already. */
    static List<Registration> unsynced(JdbcClient client, String shard, Whose whose, Cursor after, int limit) {
        return page(client, UNSYNCED.replace(WHOSE, whose.onShard()), whose, after, limit)
                .param("shard", shard)
                .query((row, number) -> registration(row, shard, null))
                .list();
    }

    /** The master's, newest first. */
    static List<Registration> newest(JdbcClient master, Whose whose, Cursor after, int limit) {
        return page(master, NEWEST.replace(WHOSE, whose.onMaster()), whose, after, limit)
                .query((row, number) -> registration(row, row.getString("shard_name"), row.getLong("master_reg_id")))
                .list();
    }

    private static JdbcClient.StatementSpec page(JdbcClient client, String sql, Whose whose, Cursor after, int limit) {
        return client.sql(sql)
                .params(whose.parameters())
                .param("createdAt", Times.parameter(after.createdAt()))
                .param("afterShard", after.shard())
                .param("afterRegId", after.regId())
                .param("limit", limit);
    }

    /** What the master has of these registrations; without those it has not. */
    static Map<RegistrationId, MasterState> states(JdbcClient master, Collection<RegistrationId> ids) {
        Map<RegistrationId, MasterState> states = new HashMap<>();
        master.sql(STATES)
                .param("shards", ids.stream().map(RegistrationId::shard).toArray(String[]::new))
                .param("regIds", ids.stream().mapToLong(RegistrationId::regId).toArray())
                .query(row -> {
                    states.put(
                            new RegistrationId(row.getString("shard_name"), row.getLong("reg_id")),
                            new MasterState(
                                    row.getLong("master_reg_id"),
                                    Times.of(row, "synced_at"),
                                    row.getLong("version"),
                                    Times.of(row, "created_at"),
                                    status(row)));
                });
        return states;
    }

    private static Registration registration(ResultSet row, String shard, @Nullable Long masterRegId)
            throws SQLException {
        Integer place = row.getObject("place", Integer.class);
        return new Registration(
                new RegistrationId(shard, row.getLong("reg_id")),
                row.getInt("stno"),
                row.getInt("sec_no"),
                row.getString("student_name"),
                new Section(
                        row.getString("c_name"),
                        row.getInt("year"),
                        row.getInt("semester"),
                        row.getString("time"),
                        row.getString("hall")),
                place == null ? status(row) : Status.WAITING,
                place,
                Times.of(row, "created_at"),
                row.getLong("version"),
                Times.ofNullable(row, "synced_at"),
                masterRegId);
    }

    private static Status status(ResultSet row) throws SQLException {
        return Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT));
    }
}
