package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.event.Entity;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

class PausedPollIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String SHARD = "locked";
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    @Test
    void a_listener_that_waits_for_its_shard_with_events_at_hand_takes_no_time_of_the_machine() {
        String pause = "3s";
        try (ConfigurableApplicationContext consumer = SyncStack.startReadyConsumer(
                List.of(SHARD),
                Map.of(
                        "ghidanh.topics.partitions",
                        6,
                        "ghidanh.sync.sweep.interval",
                        "1h",
                        "ghidanh.sync.remap.min-backoff",
                        pause,
                        "ghidanh.sync.remap.max-backoff",
                        pause))) {
            setPassword("wrong");
            List<Long> regIds = Stream.generate(() -> SyncStack.newRegistration(SHARD))
                    .limit(40)
                    .toList();
            regIds.forEach(regId -> SyncStack.send(SHARD, Entity.REGISTRATION, regId));
            await().atMost(SOON).until(() -> attempts(consumer) >= 2);

            double attempts = attempts(consumer);
            long cpu = cpuNanos();
            long begin = System.nanoTime();
            await().atMost(SOON).until(() -> attempts(consumer) >= attempts + 3);
            double share = 100.0 * (cpuNanos() - cpu) / (System.nanoTime() - begin);

            setPassword(SyncStack.ROLE_PASSWORD);
            await().atMost(SOON).until(() -> SyncStack.unmarked(SHARD) == 0);
            assertThat(share).as("per cent of a core in the outage").isLessThan(3);
        }
    }

    /** Tells the master, whose sessions then connect anew. */
    private static void setPassword(String password) {
        SyncStack.master()
                .sql("alter user mapping for ghidanh_sync server fdw_" + SHARD + " options (set password '" + password
                        + "')")
                .update();
    }

    private static double attempts(ConfigurableApplicationContext consumer) {
        return consumer.getBean(MeterRegistry.class).find("registration.sync.retries").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private static long cpuNanos() {
        ThreadInfo listener = Stream.of(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().startsWith("sync-" + SHARD + "-0"))
                .findFirst()
                .orElseThrow();
        return THREADS.getThreadCpuTime(listener.getThreadId());
    }
}
