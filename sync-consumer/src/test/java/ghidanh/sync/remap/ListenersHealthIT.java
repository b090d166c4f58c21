package ghidanh.sync.remap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.sync.Rest;
import ghidanh.sync.SyncStack;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

class ListenersHealthIT {

    @Test
    void a_listener_thread_that_an_error_has_ended_shows_in_liveness() {
        try (ConfigurableApplicationContext consumer =
                SyncStack.startReadyConsumer(List.of("unhealthy"), Map.of("ghidanh.sync.sweep.interval", "1h"))) {
            Rest rest = Rest.of(consumer);
            assertThat(rest.get("/actuator/health/liveness").status()).isEqualTo(200);

            ShardSync sync =
                    consumer.getBean(ShardSyncs.class).running().iterator().next();
            sync.container().getContainers().get(0).stopAbnormally(() -> {});

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> rest.get("/actuator/health/liveness").status() == 503);
            assertThat(rest.get("/actuator/health/listeners").http().body()).contains("stopped by an error");
        }
    }
}
