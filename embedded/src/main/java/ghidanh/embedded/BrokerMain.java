package ghidanh.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/** What a {@link ChildJvm} of the broker runs: formats an empty data directory and starts. */
final class BrokerMain {

    private BrokerMain() {}

    /** Takes the file of the server's properties, and a file to make when the broker serves requests. */
    public static void main(String[] arguments) throws Exception {
        var config = new KafkaConfig(properties(Path.of(arguments[0])), false);
        format(config);
        var server = new KafkaRaftServer(config, Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "stop"));
        server.startup();
        Files.createFile(Path.of(arguments[1]));
    }

    private static Properties properties(Path file) throws IOException {
        var properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        return properties;
    }

    private static void format(KafkaConfig config) throws Exception {
        var directory = config.metadataLogDir();
        if (Files.exists(Path.of(directory, "meta.properties"))) {
            return;
        }
        new Formatter()
                .setPrintStream(System.err)
                .setNodeId(config.nodeId())
                .setClusterId(Uuid.randomUuid().toString())
                .setControllerListenerName(config.controllerListenerNames().get(0))
                .setMetadataLogDirectory(directory)
                .addDirectory(directory)
                .run();
    }

    private static void stop(KafkaRaftServer server) {
        server.shutdown();
        server.awaitShutdown();
    }
}
