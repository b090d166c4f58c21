package ghidanh.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PostgreSQL server in processes of its own.
 *
 * <p>The data stays when the server stops. Also after {@code kill -9}, of the server or of this JVM, the next start
 * recovers: it stops a server that the killed JVM left running in the directory. Thread-safe.
 */
public final class PostgresCluster implements AutoCloseable {

    /** How to stop the server; neither loses a committed transaction. */
    public enum StopMode {
        /** Ends sessions and writes a checkpoint. */
        FAST,
        /** Ends at once, as in a crash; the next start recovers from the write-ahead log. */
        IMMEDIATE
    }

    private static final String USER = "postgres";
    private static final String WRONG_PASSWORD = "28P01";
    private static final Duration KEEP_TRYING = Duration.ofSeconds(30);
    private static final int START_SECONDS = 60;
    private static final int FAST_STOP_SECONDS = 20;
    private static final int IMMEDIATE_STOP_SECONDS = 5;
    private static final Duration EXIT = Duration.ofSeconds(10);

    private static final Map<String, String> DEFAULTS = Map.of(
            "listen_addresses", Ports.HOST,
            "unix_socket_directories", "",
            "track_commit_timestamp", "on",
            "max_connections", "200");

    private final PostgresSettings settings;
    private final ServerUser user;
    private final Path data;
    private final ServerLog log;
    private @Nullable DirectoryLock lock;
    private int port;

    public PostgresCluster(PostgresSettings settings) {
        this(settings, ServerUser.current());
    }

    PostgresCluster(PostgresSettings settings, ServerUser user) {
        this.settings = settings;
        this.user = user;
        this.data = settings.directory().resolve("data");
        this.log = new ServerLog(settings.directory().resolve("server.log"));
        this.port = settings.port();
    }

    /**
     * Starts the server and waits until it accepts connections. Does nothing if it runs already.
     *
     * @throws StartFailedException if it does not start; the message has the end of its log
     */
    public synchronized PostgresCluster start() {
        if (lock != null && isRunning()) {
            return this;
        }
        try {
            own();
            var tools = tools();
            if (!Files.exists(data)) {
                newCluster(tools).make(data, settings.password());
            }
            startServer(tools);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start PostgreSQL in " + settings.directory(), e);
        }
    }

    /**
     * Makes the directory this object's own: locked, and with no server left over from a killed run. {@link #close()} frees
     * it.
     *
     * @throws StartFailedException if another running program uses it
     */
    public synchronized void own() throws IOException {
        if (lock == null) {
            lock = DirectoryLock.of(settings.directory());
        }
        user.own(settings.directory());
        stopServer(StopMode.FAST);
        var leftBehind = PostmasterFile.in(data);
        if (leftBehind.isPresent()) {
            leftBehind.get().deleteIfMisleading();
        }
    }

    /** Gives the user {@code postgres} of existing data the password of the settings, and stops the server for that. */
    void resetPassword() throws IOException {
        own();
        if (Files.exists(data)) {
            newCluster(tools()).setPassword(data, settings.password());
        }
    }

    private NewCluster newCluster(PostgresTools tools) throws IOException {
        return new NewCluster(tools, user.cache(settings.cache()));
    }

    private PostgresTools tools() throws IOException {
        return new PostgresTools(PostgresBinaries.in(user.cache(settings.cache())), user, settings.environment());
    }

    private void startServer(PostgresTools tools) throws IOException {
        log.rotate();
        var lastAttempt = System.nanoTime() + KEEP_TRYING.toNanos();
        while (true) {
            if (port == 0) {
                port = Ports.free();
            }
            writeConfiguration();
            var command = tools.pgCtl("start", data, "--wait", "--timeout=" + START_SECONDS, "--log=" + log.file());
            if (command.succeeded()) {
                return;
            }
            var failure = StartFailure.of(log.tail());
            var mayPass =
                    failure == StartFailure.PORT_TAKEN ? settings.port() == 0 : failure == StartFailure.SESSION_LEFT;
            if (!mayPass || System.nanoTime() > lastAttempt) {
                throw new StartFailedException(
                        "PostgreSQL in " + settings.directory() + " did not start on port " + port + ". "
                                + failure.cure() + "\n" + command.output(),
                        log.file());
            }
            if (failure == StartFailure.PORT_TAKEN) {
                port = 0;
            }
        }
    }

    private void writeConfiguration() throws IOException {
        var all = new LinkedHashMap<>(DEFAULTS);
        all.put("port", Integer.toString(port));
        all.putAll(settings.parameters());
        var lines = all.entrySet().stream()
                .map(entry -> entry.getKey() + " = '" + entry.getValue().replace("'", "''") + "'\n")
                .collect(Collectors.joining());
        Files.writeString(data.resolve(NewCluster.OWN_CONFIGURATION), lines);
    }

    /** Stops the server and frees the directory. Does nothing if it does not run. */
    public synchronized void stop(StopMode mode) {
        if (lock == null) {
            return;
        }
        try {
            stopServer(mode);
            lock.close();
            lock = null;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot stop PostgreSQL in " + settings.directory(), e);
        }
    }

    private void stopServer(StopMode mode) throws IOException {
        var file = PostmasterFile.in(data);
        if (file.flatMap(PostmasterFile::server).isPresent()) {
            stopServer(file.get(), mode);
        }
    }

    private void stopServer(PostmasterFile file, StopMode mode) throws IOException {
        var tools = tools();
        var stopped = mode == StopMode.FAST
                && tools.pgCtl("stop", data, "--mode=fast", "--wait", "--timeout=" + FAST_STOP_SECONDS)
                        .succeeded();
        if (!stopped
                && !tools.pgCtl("stop", data, "--mode=immediate", "--wait", "--timeout=" + IMMEDIATE_STOP_SECONDS)
                        .succeeded()) {
            file.server().ifPresent(PostgresCluster::killWithSessions); // a suspended server hears nothing else
        }
        // Its last act is to delete its file, which is what pg_ctl waits for; until it exits, its log is open.
        file.awaitEnd(EXIT);
    }

    /**
     * Kills the server as {@code kill -9} does and returns when it is gone; the next start recovers.
     *
     * @throws IllegalStateException if the server does not run
     */
    public synchronized void kill() {
        try {
            var file = PostmasterFile.in(data).orElseThrow(this::notRunning);
            file.server().orElseThrow(this::notRunning).destroyForcibly();
            file.awaitEnd(EXIT);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot kill PostgreSQL in " + settings.directory(), e);
        }
    }

    private static void killWithSessions(ProcessHandle server) {
        var sessions = server.descendants().toList();
        server.destroyForcibly(); // first, since it would answer a session's death with a restart
        sessions.forEach(ProcessHandle::destroyForcibly);
    }

    /** Stops in mode {@link StopMode#FAST}. */
    @Override
    public void close() {
        stop(StopMode.FAST);
    }

    public boolean isRunning() {
        return server().isPresent();
    }

    /**
     * Returns the process id of the postmaster, the parent of all server processes.
     *
     * @throws IllegalStateException if the server does not run
     */
    public long pid() {
        return server().map(ProcessHandle::pid).orElseThrow(this::notRunning);
    }

    private IllegalStateException notRunning() {
        return new IllegalStateException("No server runs in " + settings.directory());
    }

    private Optional<ProcessHandle> server() {
        try {
            return PostmasterFile.in(data).flatMap(PostmasterFile::server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String host() {
        return Ports.HOST;
    }

    /** Returns the port; before the first start the configured one, which may be 0. Later starts keep the first's. */
    public synchronized int port() {
        return port;
    }

    public String user() {
        return USER;
    }

    public String password() {
        return settings.password();
    }

    public String jdbcUrl(String database) {
        return "jdbc:postgresql://" + Ports.HOST + ":" + port() + "/" + database;
    }

    /** Opens a connection as the user {@code postgres}; the caller closes it. */
    public Connection connect(String database) throws SQLException {
        return dataSource(database).getConnection();
    }

    /** Connections as the user {@code postgres}, without a pool. */
    public DataSource dataSource(String database) {
        var source = new PGSimpleDataSource();
        source.setURL(jdbcUrl(database));
        source.setUser(USER);
        source.setPassword(settings.password());
        return source;
    }

    /**
     * Creates a database unless there is one of that name.
     *
     * @throws StartFailedException if the data were made with another password
     */
    public void createDatabaseIfMissing(String name) {
        try (var connection = connect("postgres")) {
            createDatabaseIfMissing(connection, name);
        } catch (SQLException e) {
            if (WRONG_PASSWORD.equals(e.getSQLState())) {
                throw new StartFailedException(
                        "The data in " + settings.directory()
                                + " were made with another password: use that one, or choose another directory",
                        e);
            }
            throw new IllegalStateException("Cannot create the database " + name + " on port " + port(), e);
        }
    }

    /** Creates a database on the server of a connection, unless there is one of that name. */
    public static void createDatabaseIfMissing(Connection connection, String name) throws SQLException {
        try (var missing = connection.prepareStatement("""
                select format('create database %I', ?)
                 where not exists (select from pg_database where datname = ?)
                """)) {
            missing.setString(1, name);
            missing.setString(2, name);
            try (var statements = missing.executeQuery();
                    var statement = connection.createStatement()) {
                if (statements.next()) {
                    statement.execute(statements.getString(1));
                }
            }
        }
    }

    @Override
    public String toString() {
        return "PostgreSQL at " + Ports.HOST + ":" + port() + " in " + settings.directory();
    }
}
