package ghidanh.sql;

import ghidanh.servers.PostgresServer;
import ghidanh.servers.TestServers;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

/** The three PostgreSQL servers that all tests of this JVM share. */
final class Servers {

    static final List<String> SHARDS = List.of("5433", "5434");

    private static final String TEMPLATE = "ghidanh_template";

    private static final class Running {
        static final TestServers SERVERS = prepared();
    }

    private Servers() {}

    private static TestServers prepared() {
        TestServers servers = TestServers.shared();
        prepareTemplate(servers.master(), "master");
        servers.shards().values().forEach(shard -> prepareTemplate(shard, "shard"));
        return servers;
    }

    private static void prepareTemplate(PostgresServer server, String kind) {
        server.createDatabaseIfMissing(TEMPLATE);
        migrate(server, TEMPLATE, kind);
    }

    static PostgresServer master() {
        return Running.SERVERS.master();
    }

    static PostgresServer shard(String name) {
        return Running.SERVERS.shard(name);
    }

    /** Makes a database with the tables and functions of a shard or of the master. */
    static void createDatabase(PostgresServer server, String name) {
        create(server, name, TEMPLATE);
    }

    static void createEmptyDatabase(PostgresServer server, String name) {
        create(server, name, "template1");
    }

    private static void create(PostgresServer server, String name, String template) {
        try (Session session = Session.on(server, "postgres")) {
            session.execute("drop database if exists " + name + " with (force)");
            session.execute(
                    "create database " + name + " template " + template + " strategy file_copy"); // a third sooner
        }
    }

    /** As the services do when they start. */
    static int migrate(PostgresServer server, String database, String kind) {
        try {
            return Migrations.valueOf(kind.toUpperCase(Locale.ROOT)).migrate(server.dataSource(database));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
