package ghidanh.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.metrics.LogFields;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;
import org.springframework.boot.health.contributor.Status;

@Timeout(30)
class LoopTest {

    private static final Instant START = Instant.parse("2026-01-05T08:00:00Z");
    private static final Duration SHORT = Duration.ofMillis(1);
    private static final Duration LONG = Duration.ofSeconds(10);

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final Loops loops = new Loops(now::get);
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger runs = new AtomicInteger();

    /** A run that dies of the next failure. */
    private void run() throws Exception {
        Throwable failure = failures.poll();
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (Exception) failure;
        }
        runs.incrementAndGet();
    }

    /** Lasts until someone lets it return or lets it die. */
    private static final class Lasting implements Loop.Work {

        final BlockingQueue<Object> orders = new LinkedBlockingQueue<>();
        final AtomicInteger begun = new AtomicInteger();

        @Override
        public void run() throws InterruptedException {
            begun.incrementAndGet();
            if (orders.take() instanceof Error error) {
                throw error;
            }
        }

        @Override
        public void end(Runnable interrupt) {
            orders.add("end");
        }
    }

    @Test
    void work_is_done_again_and_again_on_a_daemon_that_bears_its_name_and_shard() {
        var seen = new ConcurrentLinkedQueue<String>();
        Loop loop = loops.every(SHORT, SHORT, "observer", "5433", () -> {
            Thread thread = Thread.currentThread();
            seen.add(thread.getName() + " " + thread.isDaemon() + " " + MDC.get(LogFields.SHARD));
        });
        loop.start();

        await().until(() -> seen.size() > 2);
        assertThat(seen).containsOnly("observer-5433 true 5433");
        loop.stop(LONG);
    }

    @Test
    void a_run_that_dies_is_seen_until_a_later_one_ends_well() {
        failures.add(new OutOfMemoryError("test"));
        failures.add(new IllegalStateException("test"));
        failures.add(new InterruptedException("by nobody"));
        var mayRun = new LinkedBlockingQueue<Integer>();
        Loop loop = loops.every(Duration.ZERO, SHORT, "observer", "5433", () -> {
            mayRun.take();
            run();
        });
        loop.start();
        assertThat(loops.health().getStatus()).isEqualTo(Status.UP);

        mayRun.add(1);
        await().until(() -> loops.health().getStatus().equals(Status.DOWN));
        assertThat(loops.health().getDetails())
                .containsExactly(Map.entry(
                        "observer-5433", Map.of("since", START, "error", "java.lang.OutOfMemoryError: test")));
        now.set(START.plusSeconds(60));
        mayRun.add(2);
        mayRun.add(3);
        await().until(() -> mayRun.isEmpty() && loops.health().toString().contains("by nobody"));
        assertThat(loops.health().getDetails().toString()).contains(START.toString());

        mayRun.add(4);
        await().until(() -> loops.health().getStatus().equals(Status.UP));
        assertThat(loops.health().getDetails()).containsExactly(Map.entry("observer-5433", "running"));
        assertThat(runs).hasPositiveValue();
        loop.stop(LONG);
        assertThat(loops.health().getDetails()).isEmpty();
    }

    @Test
    void one_that_hangs_holds_up_no_other() {
        var open = new CountDownLatch(1);
        Loop hanging = loops.every(Duration.ZERO, SHORT, "observer", "5433", open::await);
        Loop other = loops.every(Duration.ZERO, SHORT, "observer", "5434", this::run);
        hanging.start();
        other.start();

        await().until(() -> runs.get() > 10);
        other.stop(LONG);
        hanging.stop(LONG);
    }

    @Test
    void lasting_work_that_dies_is_started_again_and_well_when_it_has_lasted() {
        var work = new Lasting();
        Loop loop = loops.lasting("relay", "5433", work);
        loop.start();
        work.orders.add(new StackOverflowError("test"));

        await().until(() -> loops.health().getStatus().equals(Status.DOWN));
        await().until(() -> work.begun.get() == 2);
        assertThat(loops.health().getStatus()).isEqualTo(Status.DOWN);
        now.set(START.plusSeconds(11));
        assertThat(loops.health().getStatus()).isEqualTo(Status.UP);

        // What comes after a good time is news.
        work.orders.add(new StackOverflowError("again"));
        await().until(() -> loops.health().getStatus().equals(Status.DOWN));
        assertThat(loops.health().getDetails())
                .containsEntry(
                        "relay-5433",
                        Map.of("since", START.plusSeconds(11), "error", "java.lang.StackOverflowError: again"));
        loop.stop(LONG);
    }

    @Test
    void lasting_work_that_returns_is_over() {
        var returned = new CountDownLatch(1);
        loops.lasting("sync-start", "5433", returned::countDown).start();

        await().until(() ->
                returned.getCount() == 0 && loops.health().getDetails().isEmpty());
        assertThat(loops.health().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void a_stop_waits_for_what_is_in_hand() throws InterruptedException {
        var begun = new CountDownLatch(1);
        var asked = new CountDownLatch(1);
        var finished = new AtomicBoolean();
        Loop loop = loops.lasting("write", "5433", new Loop.Work() {
            @Override
            public void run() throws InterruptedException {
                begun.countDown();
                asked.await();
                finished.set(true);
            }

            @Override
            public void end(Runnable interrupt) {
                asked.countDown();
            }
        });
        loop.start();
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();

        loop.stop(LONG);

        assertThat(finished).isTrue();
    }

    @Test
    void a_stop_in_a_pause_leaves_nothing_undone() {
        var asked = new AtomicBoolean();
        var finished = new AtomicBoolean();
        Loop loop = loops.lasting("write", "5433", new Loop.Work() {
            @Override
            public void run() {
                if (!asked.get()) {
                    throw new OutOfMemoryError("test");
                }
                finished.set(true);
            }

            @Override
            public void end(Runnable interrupt) {
                asked.set(true);
            }
        });
        loop.start();
        await().until(() -> loop.death().isPresent());

        loop.stop(LONG);

        assertThat(finished).isTrue();
    }

    @Test
    void a_stop_cuts_off_what_does_not_end_in_time() {
        var begun = new CountDownLatch(1);
        var cutOff = new CountDownLatch(2);
        Loop loop = loops.lasting("relay", "5433", new Loop.Work() {
            @Override
            public void run() throws InterruptedException {
                begun.countDown();
                try {
                    TimeUnit.DAYS.sleep(1);
                } finally {
                    cutOff.countDown();
                }
            }

            @Override
            public void end(Runnable interrupt) {
                // Hears nothing.
            }

            @Override
            public void abort() {
                cutOff.countDown();
            }
        });
        loop.start();
        await().until(() -> begun.getCount() == 0);

        loop.stop(SHORT);

        await().until(() -> cutOff.getCount() == 0);
    }

    @Test
    void a_stop_interrupts_a_pause() {
        Loop loop = loops.every(Duration.ofDays(1), Duration.ofDays(1), "drift-schedule", null, this::run);
        loop.start();
        long begun = System.nanoTime();

        loop.stop(LONG);

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(LONG);
        assertThat(runs).hasValue(0);
    }

    @Test
    void what_a_stop_breaks_off_is_no_death() {
        var begun = new CountDownLatch(1);
        Loop loop = loops.every(Duration.ZERO, SHORT, "sweeper", "5433", () -> {
            begun.countDown();
            TimeUnit.DAYS.sleep(1);
        });
        loop.start();
        await().until(() -> begun.getCount() == 0);

        loop.stop(LONG);

        assertThat(loop.death()).isEmpty();
    }

    @Test
    void a_stopped_loop_can_be_started_again() {
        Loop loop = loops.every(Duration.ZERO, SHORT, "sweeper", "5433", this::run);
        loop.start();
        await().until(() -> runs.get() > 0);
        loop.stop(LONG);
        runs.set(0);

        loop.start();

        await().until(() -> runs.get() > 0);
        loop.stop(LONG);
    }
}
