package ghidanh.chaos;

import ghidanh.servers.ServiceProcess;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a service tells about itself. */
final class Metrics {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private Metrics() {}

    /**
     * A meter of one shard by its Prometheus name; NaN, which equals nothing, where the service does not answer.
     *
     * @throws IllegalStateException if it answers and has no such meter
     */
    static double value(ServiceProcess service, String meter, String shard) {
        String text = text(service, "/actuator/prometheus");
        if (text.isEmpty()) {
            return Double.NaN;
        }
        return text.lines()
                .filter(line -> line.startsWith(meter + "{") && line.contains("shard=\"" + shard + "\""))
                .map(line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)))
                .reduce(Double::sum)
                .orElseThrow(() -> new IllegalStateException("no " + meter + " of shard " + shard));
    }

    static boolean leads(ServiceProcess service, String shard) {
        return value(service, "registration_relay_leader", shard) == 1;
    }

    /** The answer to a GET, whatever its status; a missing node if there is none. */
    static JsonNode get(ServiceProcess service, String path) {
        String text = text(service, path);
        return text.isEmpty() ? JSON.missingNode() : JSON.readTree(text);
    }

    private static String text(ServiceProcess service, String path) {
        var request = HttpRequest.newBuilder(service.address().resolve(path)).timeout(Duration.ofSeconds(2));
        try {
            return HTTP.send(request.build(), BodyHandlers.ofString()).body();
        } catch (IOException e) {
            return ""; // killed or frozen
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
