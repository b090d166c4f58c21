package ghidanh.registration.database;

import com.zaxxer.hikari.HikariDataSource;
import ghidanh.loop.Threads;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Reads from one database on threads of its own, as many as it has connections: a database that hangs holds these
 * threads and no others, neither those that answer HTTP nor those of another database.
 */
final class Reader {

    private final Availability availability;
    private final HikariDataSource pool;
    private final JdbcClient client;
    private final ExecutorService threads;

    Reader(String name, Availability availability, HikariDataSource pool, int waitingReads) {
        this.availability = availability;
        this.pool = pool;
        this.client = JdbcClient.create(pool);
        this.threads = Threads.pool("read-" + name, null, pool.getMaximumPoolSize(), waitingReads);
    }

    <T> CompletableFuture<T> ask(Function<JdbcClient, T> question) {
        try {
            availability.refuseIfDown();
            return CompletableFuture.supplyAsync(() -> availability.guard(() -> question.apply(client)), threads);
        } catch (DatabaseUnavailableException e) {
            return CompletableFuture.failedFuture(e);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(availability.unavailable("too many reads wait for it"));
        }
    }

    void stop() {
        threads.shutdownNow();
        pool.close();
    }
}
