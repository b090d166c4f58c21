package ghidanh.sync.remap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.loop.Loop;
import ghidanh.loop.Loops;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.health.contributor.Status;

@Timeout(30)
class SyncMarkerTest {

    // Longer than the test may take: who waits for any of it fails.
    private static final Duration FOR_EVER = Duration.ofHours(1);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<long[]> calls = new CopyOnWriteArrayList<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-05T08:00:00Z"));
    private final Loops loops = new Loops(now::get);
    private SyncMarker marker = marker(TestSettings.REMAP);
    private @Nullable Loop loop;

    private SyncMarker marker(RemapSettings settings) {
        return new SyncMarker("5433", this::mark, settings, meters);
    }

    private long mark(long[] regIds) throws SQLException {
        Throwable failure = failures.poll();
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof SQLException exception) {
            throw exception;
        }
        calls.add(regIds);
        return regIds.length;
    }

    private void start() {
        loop = loops.lasting("sync-marker", "5433", marker);
        loop.start();
    }

    private void stop(Duration patience) {
        if (loop != null) {
            loop.stop(patience);
        }
    }

    @AfterEach
    void stop() {
        stop(Duration.ofSeconds(5));
    }

    @Test
    void what_waits_is_marked_in_one_call_each_once_and_sorted() {
        marker.add(new long[] {3, 1});
        marker.add(new long[] {2, 3});
        start();

        await().until(() -> marked() == 3);
        assertThat(calls).containsExactly(new long[] {1, 2, 3});
    }

    @Test
    void a_call_takes_no_more_than_a_batch() {
        marker.add(LongStream.rangeClosed(1, 250).toArray());
        start();

        await().until(() -> marked() == 250);
        assertThat(calls).extracting(batch -> batch.length).containsExactly(100, 100, 50);
    }

    @Test
    void an_outage_loses_no_mark() {
        failures.add(new SQLException("could not serialize access", "40001"));
        failures.add(new SQLException("gone", "08006"));
        marker.add(new long[] {1, 2});
        start();

        await().until(() -> marked() == 2);
        assertThat(dropped()).isZero();
    }

    @Test
    void an_error_costs_the_marks_in_hand_and_does_not_end_the_marker() {
        failures.add(new OutOfMemoryError("test"));
        start();
        marker.add(new long[] {1, 2});

        await().until(() -> loops.health().getStatus().equals(Status.DOWN));
        assertThat(loops.health().getDetails().toString())
                .contains("sync-marker-5433", "java.lang.OutOfMemoryError: test");
        assertThat(dropped()).isEqualTo(2);

        marker.add(new long[] {3});
        await().until(() -> marked() == 1);
        now.updateAndGet(then -> then.plusSeconds(11));
        assertThat(loops.health().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void beyond_the_capacity_the_oldest_are_left_to_the_sweeper() {
        marker.add(LongStream.rangeClosed(1, 1_500).toArray());
        start();

        await().until(() -> marked() == 1_000);
        assertThat(dropped()).isEqualTo(500);
        assertThat(calls.get(0)[0]).isEqualTo(501);
    }

    @Test
    void a_stop_sets_the_marks_that_still_wait_for_company() {
        marker = marker(settings(Duration.ofMillis(1), FOR_EVER));
        start();
        marker.add(new long[] {1, 2});
        await().until(SyncMarkerTest::waitsForCompany);
        stop(FOR_EVER);

        assertThat(marked()).isEqualTo(2);
    }

    @Test
    void a_stop_during_an_outage_does_not_wait_for_its_end() {
        for (int i = 0; i < 1_000; i++) {
            failures.add(new SQLException("gone", "08006"));
        }
        marker = marker(settings(FOR_EVER, Duration.ZERO));
        start();
        marker.add(new long[] {1, 2});
        await().until(() -> failures.size() == 999);
        stop(FOR_EVER);

        assertThat(marked()).isZero();
        assertThat(failures).hasSizeGreaterThan(900);
    }

    private static boolean waitsForCompany() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread ->
                        thread.getName().equals("sync-marker-5433") && thread.getState() == Thread.State.TIMED_WAITING);
    }

    private static RemapSettings settings(Duration backoff, Duration markLinger) {
        return new RemapSettings(1, 1, backoff, backoff, 3, markLinger, 100, 1_000, Duration.ofSeconds(1));
    }

    private double marked() {
        return meters.get("registration.sync.marks").counter().count();
    }

    private double dropped() {
        return meters.get("registration.sync.marks.dropped").counter().count();
    }
}
