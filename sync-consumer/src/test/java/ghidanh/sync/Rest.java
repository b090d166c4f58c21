package ghidanh.sync;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client of a consumer's REST API.
 *
 * @param management where its actuator is
 */
public record Rest(String url, String management) {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** An answer. */
    public record Answer(int status, HttpResponse<String> http, JsonNode body) {}

    /** Of one that has a single port. */
    public Rest(String url) {
        this(url, url);
    }

    public static Rest of(ConfigurableApplicationContext consumer) {
        return new Rest(address(consumer, "local.server.port"), address(consumer, "local.management.port"));
    }

    private static String address(ConfigurableApplicationContext consumer, String port) {
        return "http://127.0.0.1:" + consumer.getEnvironment().getRequiredProperty(port);
    }

    public Answer get(String path) {
        String host = path.startsWith("/actuator") ? management : url;
        return send(HttpRequest.newBuilder(URI.create(host + path)).GET().build());
    }

    public Answer post(String path, String body) {
        return send(HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    private static Answer send(HttpRequest request) {
        try {
            HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
            JsonNode body =
                    answer.headers().firstValue("Content-Type").orElse("").contains("json")
                            ? JSON.readTree(answer.body())
                            : JSON.missingNode();
            return new Answer(answer.statusCode(), answer, body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
