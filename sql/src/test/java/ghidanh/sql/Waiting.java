package ghidanh.sql;

import static org.awaitility.Awaitility.await;

import ghidanh.servers.PostgresServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Work in other threads, and waiting for what it comes to. */
final class Waiting {

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        return thread;
    });

    private Waiting() {}

    static <T> Future<T> start(Callable<T> work) {
        return THREADS.submit(work);
    }

    static <T> T result(Future<T> work) {
        try {
            return work.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    static <T> List<T> allAtOnce(List<? extends Callable<T>> work) {
        List<Future<T>> started = new ArrayList<>();
        work.forEach(one -> started.add(start(one::call)));
        return started.stream().map(Waiting::result).toList();
    }

    /** Waits until a session of this server waits for a lock. */
    static void untilBlocked(PostgresServer cluster, int pid) {
        until(() -> {
            try (Session session = Session.on(cluster, "postgres")) {
                return session.number(
                                "select count(*) from pg_stat_activity where pid = ? and wait_event_type = 'Lock'", pid)
                        == 1;
            }
        });
    }

    static void until(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(condition);
    }
}
