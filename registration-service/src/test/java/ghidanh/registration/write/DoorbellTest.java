package ghidanh.registration.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DoorbellTest {

    // Longer than the test may take: who waits for the end of it fails.
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofMillis(1);

    private final Doorbell doorbell = new Doorbell();

    @Test
    void a_ring_before_the_wait_is_heard() throws InterruptedException {
        doorbell.ring("5433");

        assertThat(doorbell.await("5433", LONG)).isTrue();
    }

    @Test
    void a_ring_wakes_who_waits() throws Exception {
        var heard = new CompletableFuture<Boolean>();
        var waiting = new Thread(() -> {
            try {
                heard.complete(doorbell.await("5433", LONG));
            } catch (InterruptedException e) {
                heard.completeExceptionally(e);
            }
        });
        waiting.start();
        await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);

        doorbell.ring("5433");

        assertThat(heard.get()).isTrue();
    }

    @Test
    void many_rings_are_heard_once() throws InterruptedException {
        for (int i = 0; i < 100; i++) {
            doorbell.ring("5433");
        }

        assertThat(doorbell.await("5433", LONG)).isTrue();
        assertThat(doorbell.await("5433", SHORT)).isFalse();
    }

    @Test
    void a_ring_is_for_one_shard() throws InterruptedException {
        doorbell.ring("5434");

        assertThat(doorbell.await("5433", SHORT)).isFalse();
        assertThat(doorbell.await("5434", LONG)).isTrue();
    }

    @Test
    void what_was_done_before_a_ring_is_seen_after_it_is_heard() throws Exception {
        int writers = 4;
        int writes = 20_000;
        AtomicLong written = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(writers + 1);
        try {
            Future<Boolean> reader = threads.submit(() -> {
                while (written.get() < (long) writers * writes) {
                    if (!doorbell.await("5433", LONG)) {
                        return false;
                    }
                }
                return true;
            });
            for (int i = 0; i < writers; i++) {
                threads.execute(() -> {
                    for (int n = 0; n < writes; n++) {
                        written.incrementAndGet();
                        doorbell.ring("5433");
                    }
                });
            }

            assertThat(reader.get()).as("no ring was lost").isTrue();
        } finally {
            threads.shutdownNow();
        }
    }
}
