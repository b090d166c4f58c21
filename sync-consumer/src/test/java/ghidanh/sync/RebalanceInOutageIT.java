package ghidanh.sync;

import static org.awaitility.Awaitility.await;

import ghidanh.event.Entity;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

class RebalanceInOutageIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String SHARD = "inherited";
    private static final int PARTITIONS = 3;

    // One long pause, in which the partitions of the other instance come; no sweeper that would hide a partition left
    // behind.
    private static final Map<String, Object> SETTINGS = Map.of(
            "ghidanh.topics.partitions",
            PARTITIONS,
            "ghidanh.sync.sweep.interval",
            "1h",
            "ghidanh.sync.remap.min-backoff",
            "10s",
            "ghidanh.sync.remap.max-backoff",
            "10s");

    @Test
    void partitions_that_come_in_the_pause_of_an_outage_leave_none_paused_for_ever() {
        try (ConfigurableApplicationContext stays = SyncStack.startReadyConsumer(List.of(SHARD), SETTINGS)) {
            try (ConfigurableApplicationContext leaves = SyncStack.startReadyConsumer(List.of(SHARD), SETTINGS)) {
                await().atMost(SOON).until(() -> assigned().equals(List.of(1, 2)));
                moveShard("1");
                List<Long> regIds = Stream.generate(() -> SyncStack.newRegistration(SHARD))
                        .limit(60)
                        .toList();
                regIds.forEach(regId -> SyncStack.send(SHARD, Entity.REGISTRATION, regId));
                await().atMost(SOON).until(() -> attempts(stays) > 0 && attempts(leaves) > 0);
            }
            double before = attempts(stays);
            await().atMost(SOON).until(() -> assigned().equals(List.of(PARTITIONS)));
            await().atMost(SOON).until(() -> attempts(stays) > before);

            moveShard(String.valueOf(SyncStack.SERVERS.shard("5433").fdwPort()));

            await().atMost(SOON).until(() -> SyncStack.unmarked(SHARD) == 0);
        }
    }

    /** Tells the master where the shard is. */
    private static void moveShard(String port) {
        SyncStack.master()
                .sql("alter server fdw_" + SHARD + " options (set port '" + port + "')")
                .update();
    }

    private static double attempts(ConfigurableApplicationContext consumer) {
        return consumer.getBean(MeterRegistry.class).find("registration.sync.retries").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    /** How many partitions each member has, fewest first. */
    private static List<Integer> assigned() throws Exception {
        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", SyncStack.SERVERS.kafka().bootstrapServers()))) {
            return admin
                    .describeConsumerGroups(List.of("sync-" + SHARD))
                    .describedGroups()
                    .values()
                    .iterator()
                    .next()
                    .get()
                    .members()
                    .stream()
                    .map(MemberDescription::assignment)
                    .map(assignment -> assignment.topicPartitions().size())
                    .sorted()
                    .toList();
        }
    }
}
