package ghidanh.registration.database;

import com.zaxxer.hikari.HikariDataSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
    private final ThreadPoolExecutor threads;

    Reader(String name, Availability availability, HikariDataSource pool, int waitingReads) {
        this.availability = availability;
        this.pool = pool;
        this.client = JdbcClient.create(pool);
        var number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                pool.getMaximumPoolSize(),
                pool.getMaximumPoolSize(),
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(waitingReads),
                task -> {
                    var thread = new Thread(task, "read " + name + " " + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
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
