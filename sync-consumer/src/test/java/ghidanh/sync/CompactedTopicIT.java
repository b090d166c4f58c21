package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.event.Entity;
import ghidanh.event.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** The promise of the compacted topic: one event of each row is left, and that is enough to rebuild the master. */
class CompactedTopicIT {

    private static final String SHARD = "compacted";
    private static final int REGISTRATIONS = 50_000;
    private static final int ROWS = 2 * REGISTRATIONS + 11;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @Test
    void the_topic_rebuilds_an_empty_master_before_and_after_it_is_compacted() throws Exception {
        var master = new OwnMaster("compacted_master");
        try (var consumer = SyncStack.startReadyConsumer(List.of(SHARD), master.settings())) {
            Jobbing.fill(SHARD, REGISTRATIONS);
            int sent = Jobbing.relay(SHARD);
            await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() -> SyncStack.unmarked(SHARD) == 0);
            assertThat(sent).isGreaterThan(ROWS);

            JsonNode whole = rebuilt(consumer, master);
            assertThat(Jobbing.count(whole, "events")).isEqualTo(sent);

            compactSoon();
            await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(3)).until(() -> {
                // A new segment in each partition, which leaves those before it to the cleaner.
                IntStream.rangeClosed(1, 11).forEach(secNo -> SyncStack.send(SHARD, Entity.SECTION, secNo));
                return SyncStack.records(Topics.events(SHARD)).size() < sent - REGISTRATIONS / 10;
            });
            JsonNode compacted = rebuilt(consumer, master);
            assertThat(Jobbing.count(compacted, "events"))
                    .isLessThan(compacted.path("total").longValue());
        }
    }

    /** Drops the master and rebuilds it from the topic: every student, section and registration of the shard, and nothing else. */
    private static JsonNode rebuilt(ConfigurableApplicationContext consumer, OwnMaster master) {
        Rest rest = Rest.of(consumer);
        Jobbing.awaitRead(consumer, SHARD);
        master.die(rest);
        master.comeBackEmpty(rest);
        assertThat(master.rows("registrations")).isZero();

        JsonNode job = Jobbing.run(
                consumer,
                "/api/replays",
                "{\"shard\": \"compacted\", \"from\": \"earliest\", \"dryRun\": false, \"reason\": \"the disk died\"}");
        JsonNode check = Jobbing.run(consumer, "/api/drift-checks", "{\"shard\": \"compacted\"}");

        assertThat(Jobbing.state(job)).as(job.toString()).isEqualTo("DONE");
        assertThat(job.path("read").longValue()).isEqualTo(job.path("total").longValue());
        assertThat(Jobbing.count(check, "compared")).isEqualTo(ROWS);
        assertThat(Jobbing.count(check, "missing") + Jobbing.count(check, "extra") + Jobbing.count(check, "different"))
                .isZero();
        assertThat(master.rows("registrations")).isEqualTo(REGISTRATIONS);
        assertThat(master.rows("registrations where status = 'withdrawn'"))
                .isEqualTo(SyncStack.shard(SHARD)
                        .sql("select count(*) from registrations where status = 'withdrawn'")
                        .query(Long.class)
                        .single())
                .isPositive();
        return job;
    }

    private static void compactSoon() throws Exception {
        var topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.events(SHARD));
        var changes = Stream.of(
                        new ConfigEntry("segment.ms", "1000"), new ConfigEntry("min.cleanable.dirty.ratio", "0.01"))
                .map(entry -> new AlterConfigOp(entry, AlterConfigOp.OpType.SET))
                .toList();
        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", SyncStack.SERVERS.kafka().bootstrapServers()))) {
            admin.incrementalAlterConfigs(Map.of(topic, changes)).all().get();
        }
    }
}
