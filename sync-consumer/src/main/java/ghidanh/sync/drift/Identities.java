package ghidanh.sync.drift;

import com.zaxxer.hikari.HikariDataSource;
import ghidanh.database.Connections;
import ghidanh.database.Patience;
import ghidanh.shard.Role;
import ghidanh.shard.Shard;
import ghidanh.shard.ShardCatalogue;
import ghidanh.sync.master.MasterDatabase;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What a shard and the master are, which is another thing once either may have gone back in time, and what they were when they
 * were last compared as a whole. Shards are asked directly: what tells of them must not depend on the master.
 */
@Component
class Identities implements AutoCloseable {

    /** In place of an identity: the shard, or the master, was seen to lack what it had. */
    private static final String SHARD_WENT_BACK = "the shard went back: ";

    private static final String MASTER_WENT_BACK = "the master went back: ";

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final String OF_SHARD = """
            -- Identities
            select coalesce((select max(i.incarnation) from incarnations i), 0) || ' at ' || database_place(),
                   extract(epoch from pg_postmaster_start_time())
            """;

    private static final String OF_MASTER = """
            -- Identities
            select database_place(), extract(epoch from pg_postmaster_start_time())
            """;

    private static final String COMPARED = """
            -- Identities
            select s.compared, s.compared_starts from shards s where s.name = :shard and s.compared is not null
            """;

    private static final String DOUBT = """
            -- Identities
            update shards set compared = :doubt where name = :shard and compared is distinct from :doubt
            """;

    private static final String SET_COMPARED = """
            -- Identities
            update shards
               set compared = :place, compared_starts = :starts
             where name = :shard
               and (coalesce(compared, '') = :was or (:namesLost and compared like :shardWentBack || '%'))
            """;

    private static final String BEGIN = """
            -- Identities
            select begin_incarnation(:reason)
            """;

    private static final String NEWEST_MARKED = """
            -- Identities
            select coalesce(array_agg(r.reg_id), '{}'), coalesce(array_agg(r.version), '{}')
              from (select * from registrations r order by r.reg_id desc limit 1000) r
             where r.synced_at is not null
            """;

    private static final String NEWEST_SHOWN = """
            -- Identities
            select r.shard_reg_id, r.version, r.created_at::text
              from (select * from registrations r order by r.created_at desc, r.reg_id desc limit 1000) r
             where r.shard_name = :shard
               and not exists (
                    select from lost_registrations l
                     where l.shard_name = r.shard_name
                       and l.shard_reg_id = r.shard_reg_id
                       and l.version = r.version)
             order by r.version desc
             limit 1
            """;

    private static final String ON_SHARD = """
            -- Identities
            select exists (
                select from registrations r
                 where r.reg_id = :regId and r.version >= :version and r.created_at >= :createdAt::timestamptz)
            """;

    private static final String NOT_ON_MASTER = """
            -- Identities
            select m.reg_id, m.version
              from unnest(:regIds, :versions) as m (reg_id, version)
             where not exists (
                select from registrations r
                 where r.shard_name = :shard
                   and r.shard_reg_id = m.reg_id
                   and r.version >= m.version)
             limit 1
            """;

    private final MasterDatabase master;
    private final Map<String, HikariDataSource> shards = new LinkedHashMap<>();

    /**
     * What the two are.
     *
     * @param place where they are, or what made that doubtful
     * @param starts when their servers were started: one that was started may have an older copy of its disk; empty where
     *     that was not kept
     */
    record Identity(String place, String starts) {}

    /** A state of a registration. */
    private record Row(long regId, long version, String createdAt) {}

    private record Marked(List<Long> regIds, List<Long> versions) {}

    Identities(MasterDatabase master, ShardCatalogue catalogue, Connections connections) {
        this.master = master;
        for (Shard shard : catalogue.all()) {
            shards.put(
                    shard.name(),
                    connections.pool(
                            shard.database().as(Role.OBSERVER),
                            "identity-" + shard.name(),
                            Patience.of(PATIENCE, PATIENCE, PATIENCE),
                            1));
        }
    }

    /** What the two are now. */
    Identity current(String shard) {
        Identity one = of(shard(shard), OF_SHARD);
        Identity other = of(master(), OF_MASTER);
        return new Identity(
                "shard " + one.place() + ", master " + other.place(),
                "shard " + one.starts() + ", master " + other.starts());
    }

    /** What they were when they were last compared, or what made that doubtful; empty where they never were. */
    Optional<Identity> compared(String shard) {
        return master().sql(COMPARED)
                .param("shard", shard)
                .query((row, number) ->
                        new Identity(row.getString(1), Objects.requireNonNullElse(row.getString(2), "")))
                .optional();
    }

    /** Whether they have not been compared since one of them may have gone back in time. */
    boolean changed(String shard) {
        return compared(shard).filter(was -> !was.equals(current(shard))).isPresent();
    }

    /**
     * To be called before they are compared as a whole. A shard that was seen to have gone back, and did not know it, numbers
     * what comes from now on above all that was ever given.
     *
     * @param was the place of {@link #compared(String)}; empty for never
     * @return what they are, for {@link #compared(String, String, Identity, boolean)} afterwards
     */
    Identity beforeComparing(String shard, String was) {
        if (was.startsWith(SHARD_WENT_BACK)) {
            shard(shard).sql(BEGIN).param("reason", was).query(Long.class).single();
        }
        return current(shard);
    }

    /**
     * They were compared, and what could be repaired was. Says nothing where somebody came to doubt it meanwhile.
     *
     * @param was the place of {@link #compared(String)} before; empty for never
     * @param namesLost whether the comparison found what the shard lacks: to name that raises a doubt about the shard
     */
    void compared(String shard, String was, Identity identity, boolean namesLost) {
        master().sql(SET_COMPARED)
                .param("place", identity.place())
                .param("starts", identity.starts())
                .param("shard", shard)
                .param("was", was)
                .param("namesLost", namesLost)
                .param("shardWentBack", SHARD_WENT_BACK)
                .update();
    }

    private void doubt(String shard, String doubt) {
        master().sql(DOUBT).param("doubt", doubt).param("shard", shard).update();
    }

    /**
     * Looks whether the newest registrations that each of them has of the other are still there: a copy of a disk that runs on
     * has the same identity. What is missing makes the last comparison doubtful. Of the master's all that are marked are looked
     * for: newer ones arrive as soon as it is back.
     */
    void look(String shard) {
        Marked marked = shard(shard)
                .sql(NEWEST_MARKED)
                .query((row, number) ->
                        new Marked(List.of((Long[]) row.getArray(1).getArray()), List.of((Long[])
                                row.getArray(2).getArray())))
                .single();
        Optional<Row> shown = row(master().sql(NEWEST_SHOWN).param("shard", shard));
        // The other one is asked afterwards, so it is never behind without having gone back.
        shown.filter(row -> !isOnShard(shard, row))
                .ifPresent(row -> doubt(
                        shard,
                        SHARD_WENT_BACK + "the master shows registration " + row.regId() + " in version "
                                + row.version()));
        notOnMaster(shard, marked).ifPresent(row -> doubt(shard, MASTER_WENT_BACK + row + " was synced"));
    }

    private Optional<String> notOnMaster(String shard, Marked marked) {
        return master().sql(NOT_ON_MASTER)
                .param("regIds", marked.regIds().toArray(Long[]::new))
                .param("versions", marked.versions().toArray(Long[]::new))
                .param("shard", shard)
                .query((row, number) -> "registration " + row.getLong(1) + " in version " + row.getLong(2))
                .optional();
    }

    private boolean isOnShard(String shard, Row row) {
        return shard(shard)
                .sql(ON_SHARD)
                .param("regId", row.regId())
                .param("version", row.version())
                .param("createdAt", row.createdAt())
                .query(Boolean.class)
                .single();
    }

    private static Optional<Row> row(JdbcClient.StatementSpec query) {
        return query.query((row, number) -> new Row(row.getLong(1), row.getLong(2), row.getString(3)))
                .optional();
    }

    private static Identity of(JdbcClient client, String query) {
        return client.sql(query)
                .query((row, number) -> new Identity(row.getString(1), row.getString(2)))
                .single();
    }

    private JdbcClient shard(String shard) {
        return JdbcClient.create(Objects.requireNonNull(shards.get(shard), shard));
    }

    private JdbcClient master() {
        return JdbcClient.create(master.general());
    }

    @Override
    public void close() {
        shards.values().forEach(HikariDataSource::close);
    }
}
