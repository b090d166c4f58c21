package ghidanh.registration.database;

import com.zaxxer.hikari.HikariDataSource;
import ghidanh.database.Connections;
import ghidanh.database.DatabaseName;
import ghidanh.loop.Loops;
import ghidanh.loop.Threads;
import ghidanh.shard.Database;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A database that is read on threads of its own, as many as it has connections: one that hangs holds these threads and no
 * others, neither those that answer HTTP nor those of another database. Thread-safe.
 */
abstract sealed class ReadDatabase permits MasterDatabase, ShardDatabase {

    private static final Logger log = LoggerFactory.getLogger(ReadDatabase.class);

    final Availability availability;
    private final HikariDataSource pool;
    private final JdbcClient client;
    private final ExecutorService threads;

    ReadDatabase(
            DatabaseName name,
            Database database,
            Availability.Check check,
            DatabaseAccessSettings settings,
            Connections connections,
            Loops loops) {
        String shortName = name.shard() == null ? "master" : name.shard();
        this.availability = new Availability(
                name,
                () -> {
                    check.run();
                    connect();
                },
                settings.retryInterval(),
                loops);
        this.pool = connections.pool(database, shortName + " read", settings.read(), settings.readers());
        this.client = JdbcClient.create(pool);
        this.threads = Threads.pool("read-" + shortName, null, settings.readers(), settings.waitingReads());
    }

    /** What has failed for long tries seldom: nobody may come before it has connected again. */
    void connect() throws SQLException {
        connect(pool);
    }

    /** From now on a connection is there before it is needed. */
    static void connect(HikariDataSource pool) throws SQLException {
        pool.getConnection().close();
        pool.setMinimumIdle(1);
    }

    /**
     * Reads on one of this database's threads.
     *
     * @return the answer, or {@link DatabaseUnavailableException} if it is down, hangs or has too many readers
     */
    public final <T> CompletableFuture<T> ask(Function<JdbcClient, T> question) {
        try {
            availability.refuseIfDown();
            return CompletableFuture.supplyAsync(() -> guarded(question), threads);
        } catch (DatabaseUnavailableException e) {
            return CompletableFuture.failedFuture(e);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(availability.unavailable("too many reads wait for it"));
        }
    }

    private <T> T guarded(Function<JdbcClient, T> question) {
        try {
            return availability.guard(() -> question.apply(client));
        } catch (ConcurrencyFailureException e) {
            log.debug("a read was cut off", e);
            throw availability.unavailable("others were in the way");
        }
    }

    /** Why it cannot be used now; null while it can. */
    public final @Nullable String problem() {
        return availability.problem();
    }

    /** Completes when it was tried once. */
    final CompletableFuture<Void> start() {
        availability.start();
        return availability.firstResult();
    }

    void stop() {
        availability.stop();
        threads.shutdownNow();
        pool.close();
    }
}
