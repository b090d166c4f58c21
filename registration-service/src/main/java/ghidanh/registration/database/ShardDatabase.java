package ghidanh.registration.database;

import com.zaxxer.hikari.HikariDataSource;
import ghidanh.database.Connections;
import ghidanh.database.DatabaseName;
import ghidanh.database.Patience;
import ghidanh.loop.Loops;
import ghidanh.shard.Database;
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
    private final Availability availability;
    private final Reader reader;
    private final HikariDataSource writePool;
    private final JdbcClient writeClient;

    ShardDatabase(Shard shard, DatabaseAccessSettings settings, Connections connections, Loops loops) {
        this.shard = shard;
        Database database = shard.database();
        DataSource probe = connections.unpooled(database, "check", settings.check());
        DataSource migration =
                connections.unpooled(database, "migration", Patience.of(settings.connectTimeout(), LONGEST_MIGRATION));
        this.availability = new Availability(
                DatabaseName.ofShard(shard.name()), () -> check(probe, migration), settings.retryInterval(), loops);
        this.reader = new Reader(
                shard.name(),
                availability,
                connections.pool(database, shard.name() + " read", settings.read(), settings.readers(), 1),
                settings.waitingReads());
        this.writePool = connections.pool(database, shard.name() + " write", settings.write(), 1, 1);
        this.writeClient = JdbcClient.create(writePool);
    }

    /** Migrates each time: what comes back after a failure may be another database, restored or empty. */
    private void check(DataSource probe, DataSource migration) throws SQLException {
        try (Connection connection = probe.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("select 1");
        }
        int executed = Migrations.SHARD.migrate(migration);
        if (executed > 0) {
            log.info("shard {}: {} migrations run", shard.name(), executed);
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
