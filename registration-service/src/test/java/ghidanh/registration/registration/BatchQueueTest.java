package ghidanh.registration.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BatchQueueTest {

    private final BatchQueue<String> queue = new BatchQueue<>(3);

    @Test
    void hands_out_what_is_there_oldest_first_and_no_more_than_the_batch_limit() {
        queue.offer("a");
        queue.offer("b");
        queue.offer("c");

        assertThat(queue.take(2)).containsExactly("a", "b");
        assertThat(queue.take(2)).containsExactly("c");
    }

    @Test
    void takes_nothing_beyond_its_limit() {
        queue.offer("a");
        queue.offer("b");
        queue.offer("c");

        assertThat(queue.offer("d")).isFalse();
        assertThat(queue.size()).isEqualTo(3);
    }

    @Test
    void a_taker_waits_for_the_first_element_and_not_for_a_second() throws Exception {
        var taken = CompletableFuture.supplyAsync(() -> queue.take(10));
        queue.offer("a");

        assertThat(taken.get(10, TimeUnit.SECONDS)).containsExactly("a");
    }

    @Test
    void a_closed_queue_hands_out_what_it_had_and_then_nothing() {
        queue.offer("a");
        queue.close();

        assertThat(queue.offer("b")).isFalse();
        assertThat(queue.take(10)).containsExactly("a");
        assertThat(queue.take(10)).isEmpty();
    }

    @Test
    void closing_wakes_a_waiting_taker() throws Exception {
        var taken = CompletableFuture.supplyAsync(() -> queue.take(10));
        queue.close();

        assertThat(taken.get(10, TimeUnit.SECONDS)).isEqualTo(List.of());
    }
}
