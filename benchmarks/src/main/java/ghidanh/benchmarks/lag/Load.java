package ghidanh.benchmarks.lag;

import ghidanh.benchmarks.load.Answers;
import ghidanh.benchmarks.load.Clients;
import ghidanh.benchmarks.load.Pairs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.HdrHistogram.Histogram;

/** Students of both shards, half of them each, who register at the rate that is told, whatever the answers take. */
final class Load implements AutoCloseable {

    private final List<Clients> clients = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(Deployment.SHARDS.size());
    private int place;

    /** @param connections of each shard */
    Load(int port, int connections) throws IOException {
        for (String shard : Deployment.SHARDS) {
            clients.add(new Clients(shard, connections, port));
        }
    }

    /**
     * What came of it.
     *
     * @param beganMicros microseconds since 1970
     * @param answers of each shard
     */
    record Outcome(long beganMicros, List<Answers> answers) {

        int accepted() {
            return answers.stream()
                    .mapToInt(each -> each.count(Answers.CREATED))
                    .sum();
        }

        int others() {
            return answers.stream()
                            .mapToInt(each -> each.size() + each.lostCount())
                            .sum()
                    - accepted();
        }

        /** Microseconds that the accepted ones took, of those answered from some moment on. */
        Histogram acceptedMicros(long fromMicros) {
            Histogram histogram = CommitLag.histogram();
            for (Answers each : answers) {
                for (int i = 0; i < each.size(); i++) {
                    if (each.status(i) == Answers.CREATED && each.receivedMicros(i) >= fromMicros) {
                        histogram.recordValue(each.latencyMicros(i));
                    }
                }
            }
            return histogram;
        }
    }

    Outcome steady(double perSecond, Duration duration) {
        return run(each -> each.steady(pairs(), duration, perSecond / clients.size()));
    }

    /** Everybody sends the next request as soon as the answer is there. */
    Outcome rush(Duration duration) {
        return run(each -> each.rush(pairs(), duration));
    }

    private Pairs pairs() {
        return Pairs.from(Pairs::spread, place);
    }

    private interface Registering {
        Answers with(Clients clients) throws IOException;
    }

    private Outcome run(Registering registering) {
        long began = nowMicros();
        List<CompletableFuture<Answers>> running = clients.stream()
                .map(each -> CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return registering.with(each);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        },
                        threads))
                .toList();
        List<Answers> answers = running.stream().map(CompletableFuture::join).toList();
        place += answers.stream()
                .mapToInt(each -> each.size() + each.lostCount())
                .max()
                .orElse(0);
        return new Outcome(began, answers);
    }

    /** Microseconds since 1970. */
    static long nowMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** Begins at this place of the list of pairs. */
    Load from(int first) {
        place = first;
        return this;
    }

    int place() {
        return place;
    }

    @Override
    public void close() throws IOException {
        threads.shutdown();
        for (Clients each : clients) {
            each.close();
        }
    }
}
