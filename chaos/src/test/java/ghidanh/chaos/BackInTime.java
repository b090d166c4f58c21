package ghidanh.chaos;

import static org.awaitility.Awaitility.await;

import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.Ports;
import ghidanh.embedded.PostgresCluster;
import ghidanh.embedded.PostgresSettings;
import ghidanh.embedded.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A database server that is replaced by an older state of itself: a copy is made when the fault begins, and put in its place,
 * at the same address, when it ends.
 */
final class BackInTime implements Victim {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final RunningSystem system;
    private final String name;
    private final PostgresCluster server;
    private final History history;
    private final Path data;
    private final Path place;
    private final Path copy;
    private final Path gone;
    private long begun;
    private @Nullable Standby standby;

    BackInTime(RunningSystem system, String name, History history) {
        this.system = system;
        this.name = name;
        this.server = system.database(name);
        this.history = history;
        Path directory = system.directory(name);
        this.data = directory.resolve("data");
        this.place = directory.resolve("copy");
        this.copy = place.resolve("data");
        this.gone = directory.resolve("gone");
    }

    @Override
    public String begin(Fault fault) throws Exception {
        Trees.delete(place);
        Files.createDirectories(place);
        try (Connection connection = system.connect(name)) {
            BaseBackup.take(connection, data, copy);
            begun = position(connection);
            configure(Map.of()); // not what a recovery before has left there
        }
        if (fault.kind() == Kind.PROMOTE) {
            standby = new Standby();
            standby.follow();
        }
        return "";
    }

    @Override
    public void end(Fault fault) throws Exception {
        recovery(fault);
        history.turn(name);
        Victims.killWithSessions(server);
        long killed = System.nanoTime();
        for (String shard : Targets.SHARDS) {
            if (Targets.shard(shard).equals(name)) {
                history.lost(shard, new History.Loss(killed, onMaster(shard)));
            }
        }
        history.turn(name);
        Standby promoted = standby;
        if (promoted != null) {
            promoted.stop();
            standby = null;
        }
        Files.move(data, gone);
        Files.move(copy, data);
        server.start();
        if (promoted != null) {
            execute("select pg_promote()");
        }
        await(name + " takes writes").atMost(PATIENCE).pollInterval(PAUSE).until(() -> position() > 0);
        Trees.delete(gone);
    }

    /** Where the copy's recovery ends: where nothing is said, at the end of what was copied. */
    private void recovery(Fault fault) throws IOException, SQLException {
        if (fault.kind() == Kind.REWIND) {
            long ended;
            try (Connection connection = system.connect(name)) {
                ended = position(connection);
            }
            // Recovery fails where nothing was written after its target.
            execute("select pg_logical_emit_message(true, 'chaos', 'the end')");
            long target = begun + (long) (fault.draw() * (ended - begun));
            Files.createFile(copy.resolve("recovery.signal"));
            configure(Map.of(
                    "restore_command", "cp \"" + gone.resolve("pg_wal") + "/%f\" \"%p\"",
                    "recovery_target_lsn",
                            Long.toHexString(target >>> 32) + "/" + Long.toHexString(target & 0xFFFFFFFFL),
                    "recovery_target_action", "promote"));
        }
    }

    private void configure(Map<String, String> parameters) throws IOException {
        var lines = new StringBuilder();
        parameters.forEach((parameter, value) ->
                lines.append(parameter).append(" = '").append(value).append("'\n"));
        Files.writeString(copy.resolve("postgresql.auto.conf"), lines);
    }

    /** What nobody but the killed shard had cannot be named by anyone. */
    private Map<Long, ShardRow> onMaster(String shard) {
        return await("the master tells what it has of " + shard)
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(SQLException.class)
                .until(
                        () -> {
                            try (Connection master = system.connect(Targets.MASTER)) {
                                return ShardRow.onMaster(master, shard);
                            }
                        },
                        rows -> true);
    }

    /** In the write-ahead log; 0 while the server takes no writes. */
    private long position() {
        try (Connection connection = system.connect(name)) {
            return position(connection);
        } catch (SQLException e) {
            return 0; // not yet
        }
    }

    private static long position(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(
                        "select case when pg_is_in_recovery() then 0 else pg_current_wal_lsn() - '0/0' end")) {
            row.next();
            return row.getLong(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = system.connect(name);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Streams from the server through a proxy, which then holds the stream. */
    private final class Standby {

        private final TcpProxy stream;
        private final PostgresCluster cluster;

        Standby() throws IOException {
            stream = new TcpProxy(Ports.free(), server.port());
            Files.createFile(copy.resolve("standby.signal"));
            configure(Map.of(
                    "primary_conninfo",
                    "host=127.0.0.1 port=" + stream.port() + " user=" + server.user() + " password="
                            + server.password()));
            cluster = new PostgresCluster(
                    PostgresSettings.in(place).withPassword(server.password()).withParameters(RunningSystem.SMALL));
        }

        void follow() throws SQLException {
            cluster.start();
            await("the standby streams").atMost(PATIENCE).pollInterval(PAUSE).until(this::streams);
            stream.stall();
        }

        private boolean streams() throws SQLException {
            try (Connection connection = cluster.connect(EmbeddedStack.DATABASE);
                    var statement = connection.createStatement();
                    var row = statement.executeQuery(
                            "select exists (select from pg_stat_wal_receiver where status = 'streaming')")) {
                row.next();
                return row.getBoolean(1);
            }
        }

        void stop() throws IOException {
            stream.close();
            cluster.close();
        }
    }
}
