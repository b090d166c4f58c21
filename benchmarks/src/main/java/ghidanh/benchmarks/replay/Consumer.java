package ghidanh.benchmarks.replay;

import ghidanh.benchmarks.Services;
import ghidanh.benchmarks.load.ScrapedLag;
import ghidanh.embedded.EmbeddedStack;
import ghidanh.servers.ServiceProcess;
import ghidanh.servers.ServiceSettings;
import ghidanh.sync.SyncConsumerApplication;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A sync-consumer in a JVM of its own, asked over HTTP. */
final class Consumer implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int LOOK_MS = 100;

    private final ServiceProcess process;
    private final HttpClient client = HttpClient.newHttpClient();

    private Consumer(ServiceProcess process) {
        this.process = process;
    }

    static Consumer start(EmbeddedStack stack, Path directory, List<String> settings) {
        return new Consumer(new ServiceProcess(ServiceSettings.of(SyncConsumerApplication.class, directory)
                        .withJvmOptions("-Xmx512m")
                        .withArguments(Services.addresses(stack))
                        .withArguments(settings.toArray(String[]::new)))
                .start());
    }

    ScrapedLag lag(String shard) throws IOException, InterruptedException {
        return ScrapedLag.scraped(send(request("/actuator/prometheus").GET()).body(), shard);
    }

    /** @return the job's address */
    String start(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
        return answer.headers()
                .firstValue("Location")
                .orElseThrow(() -> new IllegalStateException(path + " answers " + answer.body()));
    }

    JsonNode job(String path) throws IOException, InterruptedException {
        return JSON.readTree(send(request(path).GET()).body());
    }

    JsonNode finished(String path) throws IOException, InterruptedException {
        JsonNode job = job(path);
        while (job.path("state").asString().equals("RUNNING")) {
            Thread.sleep(LOOK_MS);
            job = job(path);
        }
        if (!job.path("state").asString().equals("DONE")) {
            throw new IllegalStateException(path + " ended: " + job);
        }
        return job;
    }

    void cancel(String path) throws IOException, InterruptedException {
        send(request(path).DELETE());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(process.address().resolve(path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    @Override
    public void close() {
        process.close();
    }
}
