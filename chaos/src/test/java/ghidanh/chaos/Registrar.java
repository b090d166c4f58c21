package ghidanh.chaos;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The person who looks at a dry run and decides, once what a shard has lost is named, that the master need not show it any longer. */
final class Registrar {

    private static final int STARTED = 202;
    // Not compared yet, or being compared.
    private static final int NOT_YET = 409;

    private static final int LOOKS = 300;

    private final HttpClient http = HttpClient.newHttpClient();
    private final RunningSystem system;

    Registrar(RunningSystem system) {
        this.system = system;
    }

    /** Starts it; false if the service refuses for now. */
    boolean removeExtra(String shard) throws IOException, InterruptedException {
        HttpResponse<String> dryRun = start("""
                {"shard":"%s"}""".formatted(shard));
        if (dryRun.statusCode() == NOT_YET) {
            return false;
        }
        String job = dryRun.headers().firstValue("Location").orElseThrow();
        for (int look = 0; send(request(job).GET()).body().contains("\"RUNNING\""); look++) {
            if (look == LOOKS) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        HttpResponse<String> answer = start("""
                {"shard":"%s","repair":true,"removeExtra":true,"after":%s,"reason":"chaos: the losses are named"}
                """.formatted(shard, job.substring(job.lastIndexOf('/') + 1)));
        return answer.statusCode() == STARTED;
    }

    private HttpResponse<String> start(String order) throws IOException, InterruptedException {
        var answer = send(request("/api/drift-checks")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(order)));
        if (answer.statusCode() != STARTED && answer.statusCode() != NOT_YET) {
            throw new IllegalStateException(
                    "removing extra rows is answered with " + answer.statusCode() + ": " + answer.body());
        }
        return answer;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(system.syncConsumers().get(0).address().resolve(path))
                .timeout(Duration.ofSeconds(10));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }
}
