package ghidanh.chaos;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** The person who decides, once what a shard has lost is named, that the master need not show it any longer. */
final class Registrar {

    private static final int STARTED = 202;
    // Not compared yet, or being compared.
    private static final int NOT_YET = 409;

    private final HttpClient http = HttpClient.newHttpClient();
    private final RunningSystem system;

    Registrar(RunningSystem system) {
        this.system = system;
    }

    /** Starts it; false if the service refuses for now. */
    boolean removeExtra(String shard) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(
                        system.syncConsumers().get(0).address().resolve("/api/drift-checks"))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(10))
                .POST(BodyPublishers.ofString("""
                        {"shard":"%s","repair":true,"removeExtra":true,"reason":"chaos: the losses are named"}
                        """.formatted(shard)));
        var answer = http.send(request.build(), BodyHandlers.ofString());
        if (answer.statusCode() != STARTED && answer.statusCode() != NOT_YET) {
            throw new IllegalStateException(
                    "removing extra rows is answered with " + answer.statusCode() + ": " + answer.body());
        }
        return answer.statusCode() == STARTED;
    }
}
