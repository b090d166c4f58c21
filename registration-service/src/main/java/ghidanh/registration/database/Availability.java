package ghidanh.registration.database;

import ghidanh.database.DatabaseName;
import ghidanh.database.Fault;
import ghidanh.loop.Loop;
import ghidanh.loop.Loops;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;

/**
 * Knows whether a database can be used now, so that callers of one that is down are refused at once instead of waiting
 * for a timeout each. After a failure a loop of its own repeats the check until it passes.
 */
final class Availability {

    private static final Logger log = LoggerFactory.getLogger(Availability.class);
    private static final int LONGEST_PAUSE = 8;

    /** What must work before a database is used; throws what is wrong. */
    interface Check {
        void run() throws SQLException;
    }

    private final DatabaseName name;
    private final Check check;
    private final Duration retryInterval;
    private final Loop loop;
    private final CompletableFuture<Void> firstResult = new CompletableFuture<>();

    /** Why the database cannot be used; null while it can. */
    private final AtomicReference<@Nullable String> problem = new AtomicReference<>("not connected yet");

    /** A permit for each problem that a call has found. */
    private final Semaphore found = new Semaphore(0);

    Availability(DatabaseName name, Check check, Duration retryInterval, Loops loops) {
        this.name = name;
        this.check = check;
        this.retryInterval = retryInterval;
        this.loop =
                loops.lasting(name.shard() == null ? "check-master" : "check", name.shard(), this::checkAfterProblems);
    }

    void start() {
        loop.start();
    }

    void stop() {
        loop.end();
    }

    /** Completes with the first check, passed or not. */
    CompletableFuture<Void> firstResult() {
        return firstResult;
    }

    /** Why the database cannot be used now; null while it can. */
    @Nullable String problem() {
        return problem.get();
    }

    /**
     * Makes a call to the database, unless it is known to be down.
     *
     * @throws DatabaseUnavailableException if it is down, or fails in a way that says it is
     */
    <T> T guard(Supplier<T> call) {
        refuseIfDown();
        try {
            return call.get();
        } catch (RuntimeException e) {
            Fault fault = Fault.of(e);
            if (fault == Fault.OUTAGE || fault == Fault.SETUP) {
                failed(e);
            } else if (fault != Fault.BUSY || e instanceof ConcurrencyFailureException) {
                // What was rolled back because of others did not happen, and may be repeated at once.
                throw e;
            }
            // A statement that the server gave up was rolled back.
            boolean undone = e instanceof QueryTimeoutException || e instanceof CannotGetJdbcConnectionException;
            throw new DatabaseUnavailableException(name, "it stopped answering", !undone, e);
        }
    }

    /** @throws DatabaseUnavailableException if the database is known to be down */
    void refuseIfDown() {
        if (problem.get() != null) {
            throw unavailable("it does not answer");
        }
    }

    DatabaseUnavailableException unavailable(String reason) {
        return new DatabaseUnavailableException(name, reason, false, null);
    }

    private void failed(Throwable failure) {
        String reason = name.explain(failure);
        if (problem.compareAndSet(null, reason)) {
            log.warn("{} cannot be used: {}", name.words(), reason);
            log.debug("{} cannot be used", name.words(), failure);
            found.release();
        }
    }

    private void checkAfterProblems() throws InterruptedException {
        int failures = 0;
        while (true) {
            if (passes()) {
                failures = 0;
                found.acquire();
            } else {
                Thread.sleep(retryInterval.toMillis() * Math.min(LONGEST_PAUSE, 1L << Math.min(failures, 3)));
                failures++;
            }
        }
    }

    private boolean passes() {
        try {
            check.run();
            log.info("{} can be used", name.words());
            problem.set(null);
            return true;
        } catch (SQLException | RuntimeException e) {
            String reason = name.explain(e);
            if (!reason.equals(problem.getAndSet(reason))) {
                log.warn("{} cannot be used, trying again until it can: {}", name.words(), reason);
                log.debug("{} cannot be used", name.words(), e);
            }
            return false;
        } finally {
            firstResult.complete(null);
        }
    }
}
