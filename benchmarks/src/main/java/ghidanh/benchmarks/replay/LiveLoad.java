package ghidanh.benchmarks.replay;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Students who register through the REST API, one after another at a steady rate, whatever the answers take. */
@SuppressWarnings("FutureReturnValueIgnored") // Each answer is counted.
final class LiveLoad implements AutoCloseable {

    private final URI address;
    private final Rows rows;
    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger registered = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "students");
        thread.setDaemon(true);
        return thread;
    });

    LiveLoad(URI service, Rows rows, int perSecond) {
        this.address = service.resolve("/api/registrations");
        this.rows = rows;
        clock.scheduleAtFixedRate(this::register, 0, 1_000_000_000L / perSecond, TimeUnit.NANOSECONDS);
    }

    private void register() {
        String body = rows.liveRegistration(next.getAndIncrement());
        var request = HttpRequest.newBuilder(address)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        client.sendAsync(request, BodyHandlers.discarding()).whenComplete((answer, failure) -> {
            boolean done = failure == null && answer.statusCode() == 201;
            (done ? registered : refused).incrementAndGet();
        });
    }

    int registered() {
        return registered.get();
    }

    /** Answers other than 201; a measurement with any is void. */
    int refused() {
        return refused.get();
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
