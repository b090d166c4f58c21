package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;

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
}
