package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.embedded.PostgresCluster.StopMode;
import ghidanh.event.Entity;
import ghidanh.servers.PostgresServer;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ShardOutageIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    @BeforeAll
    static void startConsumer() {
        SyncStack.consumer();
    }

    @Test
    void a_shard_that_is_down_stops_only_itself_and_catches_up_when_it_is_back() {
        PostgresServer shard = SyncStack.SERVERS.shard("5434");
        Rest rest = Rest.of(SyncStack.consumer());
        int dead = SyncStack.deadLetters("5434").size();
        List<Long> waiting = Stream.generate(() -> SyncStack.newRegistration("5434"))
                .limit(10)
                .toList();

        shard.stop(StopMode.IMMEDIATE);
        try {
            await().atMost(SOON)
                    .until(() -> rest.get("/actuator/health/shards")
                            .body()
                            .path("details")
                            .has("5434"));
            assertThat(rest.get("/actuator/health/shards")
                            .body()
                            .path("details")
                            .has("5433"))
                    .isFalse();
            waiting.forEach(regId -> SyncStack.send("5434", Entity.REGISTRATION, regId));
            await().atMost(SOON)
                    .until(() -> rest.get("/actuator/health/outages")
                            .body()
                            .path("details")
                            .has("5434"));

            for (int i = 0; i < 10; i++) {
                long regId = SyncStack.newRegistration("5433");
                SyncStack.send("5433", Entity.REGISTRATION, regId);
                await().atMost(Duration.ofSeconds(5)).until(() -> SyncStack.isMarked("5433", regId));
            }
            assertThat(rest.get("/actuator/health/liveness").status()).isEqualTo(200);
            assertThat(rest.get("/actuator/health/readiness").status()).isEqualTo(200);
        } finally {
            shard.start();
        }

        await().atMost(SOON).until(() -> waiting.stream().allMatch(regId -> SyncStack.isMarked("5434", regId)));
        assertThat(SyncStack.deadLetters("5434")).hasSize(dead);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(rest.get("/actuator/health/outages")
                                .body()
                                .path("status")
                                .stringValue())
                        .isEqualTo("UP"));
    }

    private static double gauge(String name, String shard) {
        return SyncStack.consumer()
                .getBean(MeterRegistry.class)
                .get(name)
                .tag("shard", shard)
                .gauge()
                .value();
    }
}
