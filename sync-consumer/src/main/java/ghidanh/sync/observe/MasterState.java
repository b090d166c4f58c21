package ghidanh.sync.observe;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What a look at the master shows.
 *
 * @param readOnly whether it is a standby, or turned read-only
 * @param place what it is, as far as it could be another one
 * @param statements by shard, of the sync the one that has run longest
 * @param identities by shard that is attached
 */
public record MasterState(
        boolean readOnly, String place, Map<String, Statement> statements, Map<String, Identity> identities) {

    private static final String SELF = """
            -- MasterState
            select pg_is_in_recovery() or current_setting('default_transaction_read_only')::boolean, database_place()
            """;

    private static final String STATEMENTS = """
            -- MasterState
            select distinct on (a.application_name)
                   substring(a.application_name from 'sync-consumer master-(.*)'),
                   extract(epoch from clock_timestamp() - a.query_start)::float8,
                   a.wait_event_type = 'Lock',
                   a.wait_event like 'PostgresFdw%',
                   (pg_blocking_pids(a.pid))[1]
              from pg_stat_activity a
             where a.datname = current_database() and a.usename = current_user and a.state = 'active'
               and a.application_name like 'sync-consumer master-%'
             order by a.application_name, a.query_start
            """;

    private static final String IDENTITIES = """
            -- MasterState
            select s.name, s.compared,
                   (select count(*) from lost_registrations l where l.shard_name = s.name and l.found_at is null)
              from shards s
            """;

    /**
     * A statement of the sync that is under way.
     *
     * @param behind whether it waits for the shard
     * @param locked whether it waits for a lock
     * @param blocker the process that holds it; null where nobody does
     */
    public record Statement(
            double seconds,
            boolean locked,
            boolean behind,
            @Nullable Integer blocker) {}

    /**
     * What the master remembers of a shard.
     *
     * @param compared what the two were when they were last compared, or what made that doubtful; null for never
     * @param lost registrations that the shard lost and has not again
     */
    public record Identity(@Nullable String compared, long lost) {}

    static MasterState look(JdbcClient master) {
        Map<String, Statement> statements = new HashMap<>();
        master.sql(STATEMENTS).query(row -> {
            statements.put(
                    row.getString(1),
                    new Statement(
                            row.getDouble(2), row.getBoolean(3), row.getBoolean(4), row.getObject(5, Integer.class)));
        });
        Map<String, Identity> identities = new HashMap<>();
        master.sql(IDENTITIES).query(row -> {
            identities.put(row.getString(1), new Identity(row.getString(2), row.getLong(3)));
        });
        return master.sql(SELF)
                .query((row, number) -> new MasterState(
                        row.getBoolean(1), row.getString(2), Map.copyOf(statements), Map.copyOf(identities)))
                .single();
    }
}
