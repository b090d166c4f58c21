package ghidanh.registration.database;

import com.zaxxer.hikari.HikariDataSource;
import ghidanh.shard.Shard;
import ghidanh.sql.Migrations;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A shard as this service reaches it. Thread-safe. */
public final class ShardDatabase {

    private static final Logger log = LoggerFactory.getLogger(ShardDatabase.class);
    private static final Duration LONGEST_MIGRATION = Duration.ofMinutes(10);

    private final Shard shard;
    private final Connections connections;
    private final Availability availability;
    private final Reader reader;
    private final HikariDataSource writePool;
    private final JdbcClient writeClient;

    /** Belongs to the thread that checks. */
    private boolean migrationDue = true;

    ShardDatabase(Shard shard, DatabaseAccessSettings settings, Connections connections) {
        this.shard = shard;
        this.connections = connections;
        DataSource probe = connections.unpooled(shard.database(), "check", settings.connectTimeout());
        DataSource migration = connections.unpooled(shard.database(), "migration", LONGEST_MIGRATION);
        this.availability = new Availability(
                DatabaseName.ofShard(shard.name()), () -> check(probe, migration), settings.retryInterval());
        this.reader = new Reader(
                shard.name(),
                availability,
                connections.pool(shard.name(), shard.database(), "read", settings.readers(), settings.readTimeout()),
                settings.waitingReads());
        this.writePool = connections.pool(shard.name(), shard.database(), "write", 1, settings.writeTimeout());
        this.writeClient = JdbcClient.create(writePool);
    }

    private void check(DataSource probe, DataSource migration) throws SQLException {
        try (Connection connection = probe.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("select 1");
        } catch (SQLException e) {
            // What comes back may be another database, restored or empty.
            migrationDue = true;
            throw e;
        }
        if (migrationDue) {
            int executed = Migrations.SHARD.migrate(migration);
            if (executed > 0) {
                log.info("shard {}: {} migrations run", shard.name(), executed);
            }
            migrationDue = false;
        }
    }

    public Shard shard() {
        return shard;
    }

    public String name() {
        return shard.name();
    }

    /**
     * Reads on one of this shard's reading threads.
     *
     * @return the answer, or {@link DatabaseUnavailableException} if the shard is down, hangs or has too many readers
     */
    public <T> CompletableFuture<T> ask(Function<JdbcClient, T> question) {
        return reader.ask(question);
    }

    /**
     * Writes on the calling thread, over the shard's one writing connection, in autocommit.
     *
     * @throws DatabaseUnavailableException if the shard is down or hangs
     */
    public <T> T write(Function<JdbcClient, T> command) {
        return availability.guard(() -> command.apply(writeClient));
    }

    /** Completes when this shard's tables and functions are up to date for the first time. */
    public CompletableFuture<Void> migrated() {
        return availability.firstSuccess().copy();
    }

    /** Why the shard cannot be used now; null while it can. */
    public @Nullable String problem() {
        return availability.problem();
    }

    /**
     * Opens a connection that the caller owns and closes.
     *
     * @param purpose what {@code pg_stat_activity} shows after the service's name
     * @param answer longest wait for one answer; whole seconds
     */
    public Connection connect(String purpose, Duration answer) throws SQLException {
        return connections.unpooled(shard.database(), purpose, answer).getConnection();
    }

    CompletableFuture<Void> start() {
        availability.start();
        return availability.firstResult();
    }

    void stop() {
        availability.stop();
        reader.stop();
        writePool.close();
    }
}
