package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

class ResyncIT {

    private static final String SHARD = "resynced";
    private static final int REGISTRATIONS = 1_200;

    private static ConfigurableApplicationContext consumer;

    @BeforeAll
    static void fillTheShard() {
        consumer = SyncStack.startReadyConsumer(List.of(SHARD), Jobbing.QUIET);
        Jobbing.fill(SHARD, REGISTRATIONS);
    }

    @AfterAll
    static void stopConsumer() {
        consumer.close();
    }

    @Test
    void a_resync_brings_everything_in_chunks_without_an_event() {
        JsonNode dry = Jobbing.run(consumer, "/api/resyncs", "{\"shard\": \"all\"}");
        assertThat(Jobbing.count(dry, "inserted")).isEqualTo(2 * REGISTRATIONS + 11);
        assertThat(Jobbing.rows(SHARD)).isZero();

        JsonNode job = Jobbing.run(
                consumer,
                "/api/resyncs",
                "{\"shard\": \"resynced\", \"dryRun\": false, \"reason\": \"the topic is lost\"}");

        assertThat(Jobbing.state(job)).isEqualTo("DONE");
        assertThat(job.path("read").longValue())
                .isEqualTo(job.path("total").longValue())
                .isEqualTo(2 * REGISTRATIONS + 11);
        assertThat(Jobbing.count(job, "inserted")).isEqualTo(2 * REGISTRATIONS + 11);
        assertThat(Jobbing.onMaster(SHARD)).hasSize(REGISTRATIONS).isEqualTo(Jobbing.onShard(SHARD));
        assertThat(Rest.of(consumer).get("/api/resyncs").body().path("jobs").size())
                .isGreaterThanOrEqualTo(2);
    }

    @Test
    void an_instance_that_stops_leaves_a_resync_to_be_resumed() {
        var alone = List.of("resynced_later");
        String path;
        try (var stopped = SyncStack.startReadyConsumer(alone, Jobbing.QUIET)) {
            Jobbing.fill("resynced_later", 500);
            Rest rest = Rest.of(stopped);
            path = Jobbing.start(rest, "/api/resyncs", """
                    {"shard": "resynced_later", "dryRun": false, "maxPerSecond": 20, "reason": "slowly"}
                    """);
            await().atMost(Jobbing.SOON)
                    .until(() -> rest.get(path).body().path("read").longValue() > 20);
        }

        try (var next = SyncStack.startReadyConsumer(alone, Jobbing.QUIET)) {
            JsonNode job = Jobbing.resumed(next, path);

            assertThat(Jobbing.count(job, "inserted"))
                    .as("rows, none of them brought twice")
                    .isEqualTo(job.path("total").longValue());
            assertThat(Jobbing.onMaster("resynced_later")).hasSize(500).isEqualTo(Jobbing.onShard("resynced_later"));
        }
    }
}
