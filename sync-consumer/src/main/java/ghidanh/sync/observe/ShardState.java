package ghidanh.sync.observe;

import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What a look at a shard shows that counts no rows.
 *
 * @param led whether a relay leads there
 * @param readOnly whether it is a standby, or turned read-only
 * @param lock that somebody waits for longest; null where nobody waits for a table
 * @param identity as the master remembers it from the last comparison
 * @param incarnation when it last began anew, after it may have gone back in time; null for never
 */
public record ShardState(
        boolean led,
        boolean readOnly,
        @Nullable Lock lock,
        String identity,
        @Nullable Instant incarnation) {

    /**
     * A table's lock.
     *
     * @param seconds that somebody has waited
     * @param blocker the process that holds it
     */
    public record Lock(double seconds, int blocker) {}

    // The number is the relay's; see RelaySession of the registration-service.
    private static final String LOOK = """
            -- ShardState
            select exists (
                       select from pg_locks l
                        where l.locktype = 'advisory' and l.granted and l.objsubid = 1
                          and l.database = (select d.oid from pg_database d where d.datname = current_database())
                          and l.classid::bigint << 32 | l.objid::bigint = 29106724466159208),
                   pg_is_in_recovery() or current_setting('default_transaction_read_only')::boolean,
                   (select max(i.began_at) from incarnations i where i.incarnation > 0),
                   w.seconds, w.blocker,
                   coalesce((select max(i.incarnation) from incarnations i), 0) || ' at ' || database_place()
              from (values (1)) one (row)
              left join lateral (
                   select extract(epoch from clock_timestamp() - l.waitstart)::float8 as seconds,
                          (pg_blocking_pids(l.pid))[1] as blocker
                     from pg_locks l
                    where l.locktype = 'relation' and not l.granted and l.waitstart is not null
                      and l.database = (select d.oid from pg_database d where d.datname = current_database())
                    order by l.waitstart
                    limit 1) w on w.blocker is not null
            """;

    static ShardState look(JdbcClient shard) {
        return shard.sql(LOOK)
                .query((row, number) -> {
                    OffsetDateTime began = row.getObject(3, OffsetDateTime.class);
                    Integer blocker = row.getObject(5, Integer.class);
                    return new ShardState(
                            row.getBoolean(1),
                            row.getBoolean(2),
                            blocker == null ? null : new Lock(row.getDouble(4), blocker),
                            row.getString(6),
                            began == null ? null : began.toInstant());
                })
                .single();
    }
}
