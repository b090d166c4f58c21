package ghidanh.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ghidanh.metrics.LogFields;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class ThreadsTest {

    private final ExecutorService pool = Threads.pool("read", "5433", 1, 2);

    @AfterEach
    void stop() {
        pool.shutdownNow();
    }

    @Test
    void threads_of_a_pool_bear_its_name_and_shard() throws Exception {
        var seen = pool.submit(() -> Thread.currentThread().getName() + " "
                + Thread.currentThread().isDaemon() + " " + MDC.get(LogFields.SHARD));

        assertThat(seen.get()).isEqualTo("read-5433-1 true 5433");
    }

    @Test
    void what_neither_has_a_thread_nor_may_wait_for_one_is_rejected() {
        var open = new CountDownLatch(1);
        Runnable task = () -> {
            try {
                open.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        pool.execute(task);
        pool.execute(task);
        pool.execute(task);

        assertThatThrownBy(() -> pool.execute(task)).isInstanceOf(RejectedExecutionException.class);
        open.countDown();
    }
}
