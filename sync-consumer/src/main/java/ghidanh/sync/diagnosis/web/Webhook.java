package ghidanh.sync.diagnosis.web;

import ghidanh.loop.LoopGroup;
import ghidanh.loop.Loops;
import ghidanh.sync.diagnosis.Alert;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Tells the configured address of alerts, in their order, and tries on while it does not take one. */
@Component
class Webhook extends LoopGroup {

    private static final Logger LOG = LoggerFactory.getLogger(Webhook.class);

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(2);

    /** With more to tell the oldest news are news no more. */
    private static final int MOST = 1_000;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final BlockingQueue<Alert> news = new LinkedBlockingQueue<>(MOST);
    private final @Nullable URI address;
    private final JsonMapper json;

    Webhook(AlertSettings settings, JsonMapper json, Loops loops) {
        super(DEFAULT_PHASE);
        this.address = settings.webhook();
        this.json = json;
        if (address != null) {
            URI to = address;
            add(loops.lasting("alert-webhook", null, () -> tell(to)));
        }
    }

    @EventListener
    void on(Alert alert) {
        LOG.warn("Alert {} of shard {} is {}", alert.alert(), alert.shard(), alert.state());
        while (address != null && !news.offer(alert)) {
            LOG.error("The webhook {} takes nothing: {} is not told", address, news.poll());
        }
    }

    private void tell(URI to) throws InterruptedException {
        while (true) {
            Alert alert = news.take();
            while (!isTaken(to, alert)) {
                Thread.sleep(RETRY.toMillis());
            }
        }
    }

    private boolean isTaken(URI to, Alert alert) throws InterruptedException {
        var request = HttpRequest.newBuilder(to)
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json.writeValueAsString(alert)))
                .build();
        try {
            int status = http.send(request, BodyHandlers.discarding()).statusCode();
            if (status / 100 == 2) {
                return true;
            }
            LOG.warn("The webhook {} answers with {}", to, status);
        } catch (IOException e) {
            LOG.warn("The webhook {} does not answer: {}", to, e.toString());
        }
        return false;
    }
}
