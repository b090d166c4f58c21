package ghidanh.sync.diagnosis.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import ghidanh.loop.Loops;
import ghidanh.sync.diagnosis.Alert;
import ghidanh.sync.diagnosis.Rule;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WebhookTest {

    private static final Instant BEGAN = Instant.parse("2026-11-28T03:00:00Z");

    private final List<JsonNode> taken = Collections.synchronizedList(new ArrayList<>());
    private final List<Integer> answers = Collections.synchronizedList(new ArrayList<>());
    private final HttpServer server;
    private final Webhook webhook;

    WebhookTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/alerts", exchange -> {
            taken.add(JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(answers.isEmpty() ? 204 : answers.remove(0), -1);
            exchange.close();
        });
        var address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/alerts");
        webhook = new Webhook(new AlertSettings(address), JsonMapper.shared(), new Loops());
    }

    @BeforeEach
    void start() {
        server.start();
        webhook.start();
    }

    @AfterEach
    void stop() {
        webhook.stop();
        server.stop(0);
    }

    @Test
    void alerts_are_told_in_their_order_and_once_more_where_they_were_not_taken() {
        answers.add(503);

        webhook.on(alert(Alert.State.FIRING));
        webhook.on(alert(Alert.State.RESOLVED));

        await().atMost(Duration.ofSeconds(20)).until(() -> taken.size() == 3);
        assertThat(taken)
                .extracting(alert -> alert.path("state").asString())
                .containsExactly("FIRING", "FIRING", "RESOLVED");
        JsonNode told = taken.get(0);
        assertThat(told.path("alert").asString()).isEqualTo("SyncStuck");
        assertThat(told.path("shard").asString()).isEqualTo("5433");
        assertThat(told.path("severity").asString()).isEqualTo("PAGE");
        assertThat(told.path("since").asString()).isEqualTo("2026-11-28T03:00:00Z");
    }

    private static Alert alert(Alert.State state) {
        return new Alert(
                Rule.STUCK,
                "SyncStuck",
                "5433",
                Rule.Severity.PAGE,
                state,
                BEGAN,
                BEGAN.plusSeconds(60),
                state == Alert.State.RESOLVED ? BEGAN.plusSeconds(90) : null);
    }
}
