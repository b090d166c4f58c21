package ghidanh.registration.outbox;

import ghidanh.database.Connections;
import ghidanh.servers.DeadlySockets;
import ghidanh.servers.PostgresServer;
import ghidanh.shard.Database;
import ghidanh.shard.Shard;
import ghidanh.shard.ShardCatalogue;
import ghidanh.shard.UniversityRange;
import ghidanh.sql.Migrations;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A shard of its own for a test: a database and a topic that nobody else uses. */
final class TestShard {

    private final PostgresServer cluster;
    private final String name =
            "t" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    private final Shard shard;
    private final JdbcClient jdbc;

    private TestShard(PostgresServer cluster) {
        this.cluster = cluster;
        cluster.createDatabaseIfMissing(name);
        Database database =
                new Database(DeadlySockets.url(cluster.jdbcUrl(name)), cluster.user(), cluster.password(), Map.of());
        this.shard = new Shard(
                name,
                name,
                List.of(new UniversityRange(1, 10)),
                database,
                new Shard.Fdw(cluster.fdwHost(), cluster.fdwPort(), name));
        this.jdbc = JdbcClient.create(cluster.dataSource(name));
    }

    static TestShard on(PostgresServer cluster) {
        TestShard shard = withoutSchema(cluster);
        shard.migrate();
        return shard;
    }

    static TestShard withoutSchema(PostgresServer cluster) {
        return new TestShard(cluster);
    }

    void migrate() {
        try {
            Migrations.SHARD.migrate(cluster.dataSource(name));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    String name() {
        return name;
    }

    Shard shard() {
        return shard;
    }

    ShardCatalogue catalogue() {
        return new ShardCatalogue(List.of(shard));
    }

    JdbcClient jdbc() {
        return jdbc;
    }

    /** A session as a relay of this shard has it. */
    RelaySession relaySession(RelaySettings settings, Duration statementTimeout) {
        var connections = new Connections("registration-service", new SimpleMeterRegistry());
        return RelaySession.open(connections, shard, settings, statementTimeout);
    }

    Connection connect() throws SQLException {
        return cluster.connect(name);
    }

    /** Registrations {@code from} to {@code to} get an outbox row each, as plain SQL would do it. */
    void insert(int from, int to) {
        jdbc.sql("""
                        insert into outbox (entity, entity_id)
                        select 'registration', n from generate_series(?, ?) n
                        """).params(from, to).update();
    }

    long outboxRows() {
        return jdbc.sql("select count(*) from outbox").query(Long.class).single();
    }

    /** Ends the connection of the relay that leads; true if there was one. */
    boolean killLeader() {
        return jdbc.sql("""
                        select count(pg_terminate_backend(l.pid))
                          from pg_locks l
                          join pg_database d on d.oid = l.database
                         where l.locktype = 'advisory'
                           and l.granted
                           and d.datname = current_database()
                        """).query(Long.class).single() == 1;
    }

    boolean relayWaitsForARowLock() {
        return jdbc.sql("""
                        select count(*)
                          from pg_stat_activity
                         where application_name = ?
                           and wait_event_type = 'Lock'
                        """)
                        .param("registration-service " + name + " relay")
                        .query(Long.class)
                        .single()
                > 0;
    }
}
