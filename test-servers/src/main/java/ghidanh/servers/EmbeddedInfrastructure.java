package ghidanh.servers;

import ghidanh.embedded.KafkaBroker;
import ghidanh.embedded.KafkaSettings;
import ghidanh.embedded.Ports;
import ghidanh.embedded.PostgresCluster;
import ghidanh.embedded.PostgresSettings;
import ghidanh.embedded.StartFailedException;
import ghidanh.embedded.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Servers of the embedded module, each in a directory of its own in that of this process, below {@code target}. */
final class EmbeddedInfrastructure implements Infrastructure {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedInfrastructure.class);
    private static final String RUN = "servers-";
    private static final String POSTGRES = "postgres";
    private static final String KAFKA = "kafka";

    // Not in the temporary directory, where the servers' user may not enter what belongs to root.
    private final Path parent =
            Path.of(System.getProperty("ghidanh.test.directory", "target")).toAbsolutePath();
    private final Path run = parent.resolve(RUN + ProcessHandle.current().pid());
    private final AtomicInteger next = new AtomicInteger();

    EmbeddedInfrastructure() {
        try {
            removeKilledRuns(parent);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot remove what killed runs left in " + parent, e);
        }
    }

    @Override
    public PostgresServer postgres(String password, Map<String, String> parameters) {
        return new EmbeddedPostgres(PostgresSettings.in(directory(POSTGRES))
                .withPort(Ports.free())
                .withPassword(password)
                .withParameters(parameters));
    }

    @Override
    public KafkaServer kafka() {
        return new EmbeddedKafka(KafkaSettings.in(directory(KAFKA)).withPort(Ports.free()));
    }

    private Path directory(String kind) {
        return run.resolve(kind + next.incrementAndGet());
    }

    @Override
    public TestServers shared() {
        var servers = TestServers.start(this, List.of("5433", "5434"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(servers), "stop test servers"));
        return servers;
    }

    private void end(TestServers servers) {
        servers.close();
        try {
            remove(run);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A killed JVM runs no shutdown hook: its servers may still run. */
    static void removeKilledRuns(Path parent) throws IOException {
        if (Files.exists(parent)) {
            try (var runs = Files.newDirectoryStream(parent, RUN + "*")) {
                for (var run : runs) {
                    var owner = Long.parseLong(run.getFileName().toString().substring(RUN.length()));
                    if (owner == ProcessHandle.current().pid()
                            || ProcessHandle.of(owner).isEmpty()) {
                        remove(run);
                    }
                }
            }
        }
    }

    private static void remove(Path run) throws IOException {
        try (var servers = Files.newDirectoryStream(run)) {
            for (var server : servers) {
                stop(server);
            }
        } catch (StartFailedException e) {
            // Somebody has it: a test that did not close its own, or a process in another container, where ids are
            // counted anew.
            LOG.info("Leaving {} alone", run, e);
            return;
        }
        Trees.delete(run);
    }

    private static void stop(Path server) throws IOException {
        if (server.getFileName().toString().startsWith(KAFKA)) {
            try (var broker = new KafkaBroker(KafkaSettings.in(server))) {
                broker.own();
            }
        } else {
            try (var cluster = new PostgresCluster(PostgresSettings.in(server))) {
                cluster.own();
            }
        }
    }

    static void delete(Path directory) {
        try {
            Trees.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "embedded servers";
    }
}
