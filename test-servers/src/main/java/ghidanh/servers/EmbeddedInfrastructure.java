package ghidanh.servers;

import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.KafkaBroker;
import ghidanh.embedded.KafkaSettings;
import ghidanh.embedded.Ports;
import ghidanh.embedded.PostgresCluster;
import ghidanh.embedded.PostgresSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Servers of the embedded module, each in a directory of its own below {@code target}. */
final class EmbeddedInfrastructure implements Infrastructure {

    // Not in the temporary directory, where the servers' user may not enter what belongs to root.
    private static final Path DIRECTORY =
            Path.of("target", "servers-" + ProcessHandle.current().pid()).toAbsolutePath();
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final Runnable KEEP = () -> {};

    @Override
    public PostgresServer postgres(String password, Map<String, String> parameters) {
        var directory = directory("postgres");
        var settings = PostgresSettings.in(directory)
                .withPort(Ports.free())
                .withPassword(password)
                .withParameters(parameters);
        return new EmbeddedPostgres(new PostgresCluster(settings), () -> delete(directory));
    }

    @Override
    public KafkaServer kafka() {
        var directory = directory("kafka");
        var settings = KafkaSettings.in(directory).withPort(Ports.free());
        return new EmbeddedKafka(new KafkaBroker(settings), () -> delete(directory));
    }

    private static Path directory(String kind) {
        return DIRECTORY.resolve(kind + NEXT.incrementAndGet());
    }

    @Override
    public TestServers shared() {
        var stack = EmbeddedStack.forTests();
        var shards = new LinkedHashMap<String, PostgresServer>();
        stack.shards().forEach((name, shard) -> shards.put(name, new EmbeddedPostgres(shard, KEEP)));
        return new TestServers(
                new EmbeddedPostgres(stack.master(), KEEP), shards, new EmbeddedKafka(stack.kafka(), KEEP));
    }

    @Override
    public String toString() {
        return "embedded servers";
    }

    private static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return; // never started
        }
        try (var paths = Files.walk(directory)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
