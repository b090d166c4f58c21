package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.event.ChangeEvent;
import ghidanh.event.Entity;
import ghidanh.event.EventJson;
import ghidanh.event.Topics;
import ghidanh.servers.TestServers;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

class GracefulStopIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String SHARD = "stopped";
    private static final int ROWS = 3_000;

    // Small batches, so that the stop comes in the middle.
    private static final Map<String, Object> SETTINGS =
            Map.of("spring.kafka.consumer.max-poll-records", 20, "ghidanh.sync.sweep.interval", "1h");

    @Test
    void a_stop_in_the_middle_leaves_no_offset_ahead_of_the_master_and_a_start_goes_on() throws Exception {
        ConfigurableApplicationContext first = SyncStack.startReadyConsumer(List.of(SHARD), SETTINGS);
        int secNo = SyncStack.newSection(SHARD);
        SyncStack.shard(SHARD)
                .sql("""
                        insert into students (u_id, fname, lname)
                        select :university, 'Đức', 'Nguyễn' from generate_series(1, :rows)
                        """)
                .param("university", SyncStack.university(SHARD))
                .param("rows", ROWS)
                .update();
        List<Long> regIds = SyncStack.shard(SHARD)
                .sql("insert into registrations (stno, sec_no) select stno, ? from students returning reg_id")
                .param(secNo)
                .query(Long.class)
                .list();
        // So that all events are there before the first is done with.
        try (Connection other = SyncStack.SERVERS.master().connect(TestServers.DATABASE);
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("lock table registrations in share mode");
            regIds.forEach(regId -> SyncStack.send(SHARD, Entity.REGISTRATION, regId));
        }
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> !onMaster().isEmpty());

        first.close();

        Set<Long> arrived = onMaster();
        assertThat(arrived).as("stopped in the middle").hasSizeLessThan(ROWS);
        Map<TopicPartition, Long> committed = committedOffsets();
        List<Long> doneWith = SyncStack.records(Topics.events(SHARD)).stream()
                .filter(record -> record.offset()
                        < committed.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L))
                .map(record -> EventJson.read(record.value()))
                .map(ChangeEvent::id)
                .toList();
        assertThat(arrived).containsAll(doneWith);
        assertThat(doneWith).isNotEmpty();

        try (ConfigurableApplicationContext second = SyncStack.startConsumer(List.of(SHARD), SETTINGS)) {
            assertThat(second.isRunning()).isTrue();
            await().atMost(SOON).until(() -> onMaster().containsAll(regIds));
            await().atMost(SOON).until(() -> SyncStack.unmarked(SHARD) == 0);
        }
        assertThat(SyncStack.deadLetters(SHARD)).isEmpty();
    }

    private static Set<Long> onMaster() {
        return new HashSet<>(SyncStack.master()
                .sql("select shard_reg_id from registrations where shard_name = ?")
                .param(SHARD)
                .query(Long.class)
                .list());
    }

    private static Map<TopicPartition, Long> committedOffsets() throws Exception {
        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", SyncStack.SERVERS.kafka().bootstrapServers()))) {
            Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets("sync-" + SHARD)
                    .partitionsToOffsetAndMetadata()
                    .get();
            Map<TopicPartition, Long> committed = new HashMap<>();
            offsets.forEach((partition, offset) -> committed.put(partition, offset.offset()));
            return committed;
        }
    }
}
