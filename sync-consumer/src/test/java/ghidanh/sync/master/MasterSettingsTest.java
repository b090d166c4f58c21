package ghidanh.sync.master;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class MasterSettingsTest {

    @Test
    void a_socket_timeout_that_a_frozen_shard_would_trip_is_refused() {
        Duration any = Duration.ofSeconds(5);

        assertThatThrownBy(() -> new MasterSettings(any, Duration.ofSeconds(30), any, Duration.ofSeconds(60), any, any))
                .hasMessageContaining("ghidanh.sync.master.socket-timeout is PT1M")
                .hasMessageContaining("statement-timeout (PT30S) plus PT31S");
    }
}
