package ghidanh.registration.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ghidanh.database.DatabaseName;
import ghidanh.loop.Loops;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;

class AvailabilityTest {

    private final AtomicBoolean reachable = new AtomicBoolean(true);
    private final AtomicInteger checks = new AtomicInteger();
    private final AtomicBoolean deadly = new AtomicBoolean();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-05T08:00:00Z"));
    private final Loops loops = new Loops(now::get);
    private final Availability availability =
            new Availability(DatabaseName.ofShard("5433"), this::check, Duration.ofMillis(10), loops);

    private void check() throws SQLException {
        checks.incrementAndGet();
        if (deadly.getAndSet(false)) {
            throw new OutOfMemoryError("test");
        }
        if (!reachable.get()) {
            throw new SQLException("refused", "08001");
        }
    }

    @AfterEach
    void stop() {
        availability.stop();
    }

    @Test
    void a_database_is_not_used_before_its_first_check_has_passed() {
        reachable.set(false);
        availability.start();
        availability.firstResult().join();

        assertThatThrownBy(() -> availability.guard(() -> "answer"))
                .isInstanceOf(DatabaseUnavailableException.class)
                .hasMessageStartingWith("shard 5433 is not available");
        assertThat(availability.problem()).isEqualTo("refused (see ghidanh.shards.5433.url)");

        reachable.set(true);
        await().until(() -> availability.problem() == null);
        assertThat(availability.guard(() -> "answer")).isEqualTo("answer");
        assertThat(availability.problem()).isNull();
    }

    @Test
    void after_an_outage_calls_are_refused_at_once_until_a_check_passes() {
        availability.start();
        await().until(() -> availability.problem() == null);
        reachable.set(false);

        assertThatThrownBy(() -> availability.guard(() -> {
                    throw new DataAccessResourceFailureException("lost", new SQLException("lost", "08006"));
                }))
                .isInstanceOfSatisfying(
                        DatabaseUnavailableException.class,
                        e -> assertThat(e.mayHaveCommitted()).isTrue());
        var called = new AtomicBoolean();
        assertThatThrownBy(() -> availability.guard(() -> {
                    called.set(true);
                    return "answer";
                }))
                .isInstanceOfSatisfying(
                        DatabaseUnavailableException.class,
                        e -> assertThat(e.mayHaveCommitted()).isFalse());
        assertThat(called).isFalse();

        reachable.set(true);
        await().until(() -> availability.problem() == null);
    }

    @Test
    void an_error_does_not_end_the_checks() {
        deadly.set(true);
        availability.start();
        availability.firstResult().join();
        await().until(() -> loops.health().getStatus().equals(Status.DOWN));
        assertThat(loops.health().getDetails().toString()).contains("check-5433", "java.lang.OutOfMemoryError: test");
        assertThat(availability.problem()).isNotNull();

        await().until(() -> availability.problem() == null);
        assertThat(availability.problem()).isNull();
        now.updateAndGet(then -> then.plusSeconds(11));
        assertThat(loops.health().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void what_got_no_connection_has_changed_nothing() {
        availability.start();
        await().until(() -> availability.problem() == null);

        assertThatThrownBy(() -> availability.guard(() -> {
                    throw new CannotGetJdbcConnectionException("none", new SQLException("refused", "08001"));
                }))
                .isInstanceOfSatisfying(
                        DatabaseUnavailableException.class,
                        e -> assertThat(e.mayHaveCommitted()).isFalse());
    }

    @Test
    void a_slow_statement_or_a_bad_one_does_not_take_the_database_from_the_others() {
        availability.start();
        await().until(() -> availability.problem() == null);

        assertThatThrownBy(() -> availability.guard(() -> {
                    throw new QueryTimeoutException("slow", new SQLException("canceled", "57014"));
                }))
                .isInstanceOf(DatabaseUnavailableException.class);
        assertThatThrownBy(() -> availability.guard(() -> {
                    throw new IllegalStateException("bug");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThatThrownBy(() -> availability.guard(() -> {
                    throw new CannotAcquireLockException("rolled back", new SQLException("deadlock", "40P01"));
                }))
                .isInstanceOf(CannotAcquireLockException.class);

        assertThat(availability.problem()).isNull();
        assertThat(checks).hasValue(1);
    }
}
