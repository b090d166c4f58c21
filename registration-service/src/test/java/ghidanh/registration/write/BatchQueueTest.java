package ghidanh.registration.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.Thread.State;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BatchQueueTest {

    private final BatchQueue<String> queue = new BatchQueue<>();

    @Test
    void hands_out_what_is_there_oldest_first_and_no_more_than_the_batch_limit() {
        queue.offer("a");
        queue.offer("b");
        queue.offer("c");

        assertThat(queue.take(2, 1, Duration.ZERO)).containsExactly("a", "b");
        assertThat(queue.take(2, 1, Duration.ZERO)).containsExactly("c");
    }

    @Test
    void a_taker_waits_for_the_first_element_and_not_for_a_second() throws Exception {
        var taken = waitingTaker(1, Duration.ZERO);
        queue.offer("a");

        assertThat(taken.get(10, TimeUnit.SECONDS)).containsExactly("a");
    }

    @Test
    void a_taker_with_patience_waits_for_company() throws Exception {
        queue.offer("a");
        var taken = waitingTaker(2, Duration.ofHours(1));
        queue.offer("b");

        assertThat(taken.get(10, TimeUnit.SECONDS)).containsExactly("a", "b");
    }

    @Test
    void company_that_does_not_come_is_not_waited_for_longer_than_that() {
        queue.offer("a");

        assertThat(queue.take(10, 2, Duration.ofMillis(1))).containsExactly("a");
    }

    @Test
    void closing_ends_the_wait_for_company() throws Exception {
        queue.offer("a");
        var taken = waitingTaker(2, Duration.ofHours(1));
        queue.close();

        assertThat(taken.get(10, TimeUnit.SECONDS)).containsExactly("a");
    }

    @Test
    void a_closed_queue_hands_out_what_it_had_and_then_nothing() {
        queue.offer("a");
        queue.close();

        assertThat(queue.offer("b")).isFalse();
        assertThat(queue.take(10, 1, Duration.ZERO)).containsExactly("a");
        assertThat(queue.take(10, 1, Duration.ZERO)).isEmpty();
    }

    @Test
    void closing_wakes_a_waiting_taker() throws Exception {
        var taken = waitingTaker(1, Duration.ZERO);
        queue.close();

        assertThat(taken.get(10, TimeUnit.SECONDS)).isEqualTo(List.of());
    }

    /** Returns when it waits. */
    private CompletableFuture<List<String>> waitingTaker(int company, Duration patience) {
        var taken = new CompletableFuture<List<String>>();
        var taker = new Thread(() -> taken.complete(queue.take(10, company, patience)), "taker");
        taker.setDaemon(true);
        taker.start();
        await().until(() -> Set.of(State.WAITING, State.TIMED_WAITING).contains(taker.getState()));
        return taken;
    }
}
