package ghidanh.sql;

import ghidanh.embedded.PostgresCluster;
import ghidanh.embedded.PostgresSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;

/** The three PostgreSQL servers that all tests of this JVM share, without any database of an earlier run. */
final class Servers {

    static final List<String> SHARDS = List.of("5433", "5434");

    private static final String TEMPLATE = "ghidanh_template";

    private static final class Running {
        static final Servers SERVERS = new Servers();
    }

    private final PostgresCluster master = cluster("5432");
    private final Map<String, PostgresCluster> shards = new LinkedHashMap<>();

    private Servers() {
        SHARDS.forEach(name -> shards.put(name, cluster(name)));
        all().parallel().forEach(PostgresCluster::start);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> all().parallel().forEach(PostgresCluster::close), "stop servers"));
        all().forEach(Servers::removeSettingsAndDatabases);
        prepareTemplate(master, "master");
        shards.values().forEach(shard -> prepareTemplate(shard, "shard"));
    }

    private static PostgresCluster cluster(String name) {
        Path directory = Path.of("target", "servers", name);
        // What a killed server has written the machine still has: only a crash of the machine would need fsync.
        return new PostgresCluster(PostgresSettings.in(directory)
                .withParameters(Map.of("shared_buffers", "32MB", "max_connections", "100", "fsync", "off")));
    }

    private Stream<PostgresCluster> all() {
        return Stream.concat(Stream.of(master), shards.values().stream());
    }

    /** A run that was killed may have left both. */
    private static void removeSettingsAndDatabases(PostgresCluster cluster) {
        try (Session session = Session.on(cluster, "postgres")) {
            session.execute("alter system reset all");
            session.execute("select pg_reload_conf()");
            Waiting.until(() -> session.text("show synchronous_standby_names").isEmpty());
            session.rows("select datname from pg_database where not datistemplate and datname <> 'postgres'")
                    .forEach(name -> session.execute("drop database \"" + name + "\" with (force)"));
        }
    }

    private static void prepareTemplate(PostgresCluster cluster, String kind) {
        cluster.createDatabaseIfMissing(TEMPLATE);
        migrate(cluster, TEMPLATE, kind);
    }

    static PostgresCluster master() {
        return Running.SERVERS.master;
    }

    static PostgresCluster shard(String name) {
        PostgresCluster shard = Running.SERVERS.shards.get(name);
        if (shard == null) {
            throw new IllegalArgumentException("no shard " + name);
        }
        return shard;
    }

    /** Makes a database with the tables and functions of a shard or of the master. */
    static void createDatabase(PostgresCluster cluster, String name) {
        create(cluster, name, TEMPLATE);
    }

    static void createEmptyDatabase(PostgresCluster cluster, String name) {
        create(cluster, name, "template1");
    }

    private static void create(PostgresCluster cluster, String name, String template) {
        try (Session session = Session.on(cluster, "postgres")) {
            session.execute("drop database if exists " + name + " with (force)");
            session.execute("create database " + name + " template " + template);
        }
    }

    /** As the services do when they start. */
    static MigrateResult migrate(PostgresCluster cluster, String database, String kind) {
        return Flyway.configure()
                .dataSource(cluster.jdbcUrl(database), cluster.user(), cluster.password())
                .locations("classpath:sql/" + kind)
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load()
                .migrate();
    }
}
