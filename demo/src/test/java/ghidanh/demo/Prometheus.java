package ghidanh.demo;

import ghidanh.embedded.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real Prometheus, where it is installed. */
final class Prometheus implements AutoCloseable {

    static final String MISSING = "prometheus is not installed (Debian: apt-get install prometheus)";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String url;
    private final Process process;

    private Prometheus(String url, Process process) {
        this.url = url;
        this.process = process;
    }

    static boolean isInstalled() {
        try {
            return new ProcessBuilder("prometheus", "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Starts it with a scrape each second.
     *
     * @param directory for its data and log
     * @param targets address by job
     * @param password of the account metrics
     */
    static Prometheus start(Path directory, Map<String, URI> targets, String password, List<Path> rules)
            throws IOException {
        StringBuilder configuration = new StringBuilder("""
                global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
                rule_files:
                """);
        rules.forEach(file -> configuration.append("  - ").append(file).append('\n'));
        configuration.append("scrape_configs:\n");
        targets.forEach((job, target) -> configuration.append("""
                  - job_name: %s
                    metrics_path: /actuator/prometheus
                    basic_auth: {username: metrics, password: "%s"}
                    static_configs: [{targets: ["%s"]}]
                """.formatted(job, password, target.getAuthority())));
        Path file = Files.writeString(directory.resolve("prometheus.yml"), configuration);
        int port = Ports.free();
        Process process = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + file,
                        "--storage.tsdb.path=" + directory.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port,
                        "--enable-feature=exemplar-storage")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("prometheus.log").toFile())
                .start();
        return new Prometheus("http://127.0.0.1:" + port + "/", process);
    }

    boolean isReady() {
        try {
            return HTTP.send(request("-/ready"), BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The values of the series that an expression has now; NaN is one. */
    List<Double> values(String expression) {
        List<Double> values = new ArrayList<>();
        JsonNode data = get("api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        if (data.path("resultType").asString("").equals("scalar")) {
            values.add(number(data.path("result")));
        }
        for (JsonNode series : data.path("result")) {
            if (series.has("value")) {
                values.add(number(series.path("value")));
            }
        }
        return values;
    }

    /** The trace ids of the exemplars of a histogram's buckets, from the last five minutes. */
    Set<String> exemplarTraces(String series) {
        long now = System.currentTimeMillis() / 1000;
        Set<String> traces = new TreeSet<>();
        JsonNode data = get("api/v1/query_exemplars?query=" + series + "&start=" + (now - 300) + "&end=" + (now + 1));
        for (JsonNode each : data) {
            each.path("exemplars")
                    .forEach(exemplar ->
                            traces.add(exemplar.at("/labels/trace_id").asString("")));
        }
        return traces;
    }

    private static double number(JsonNode sample) {
        String text = sample.path(1).asString("NaN");
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    /** Targets as {@code job health lastError}. */
    List<String> targets() {
        List<String> targets = new ArrayList<>();
        for (JsonNode target : get("api/v1/targets").path("activeTargets")) {
            targets.add(target.at("/labels/job").asString("")
                    + " " + target.path("health").asString("")
                    + " " + target.path("lastError").asString(""));
        }
        return targets;
    }

    /** A firing alert; a label that it has not is empty. */
    record Alert(String name, String shard, String seen) {}

    List<Alert> firing() {
        List<Alert> firing = new ArrayList<>();
        for (JsonNode alert : get("api/v1/alerts").path("alerts")) {
            if (alert.path("state").asString("").equals("firing")) {
                JsonNode labels = alert.path("labels");
                firing.add(new Alert(
                        labels.path("alertname").asString(""),
                        labels.path("shard").asString(""),
                        labels.path("seen").asString("")));
            }
        }
        return firing;
    }

    private JsonNode get(String path) {
        try {
            String body = HTTP.send(request(path), BodyHandlers.ofString()).body();
            JsonNode answer = JSON.readTree(body);
            if (!answer.path("status").asString("").equals("success")) {
                throw new IllegalStateException(path + ": " + body);
            }
            return answer.path("data");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
