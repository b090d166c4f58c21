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
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * The broker's process: formats an empty data directory, starts, says {@link #READY}, and stops when its standard input
 * ends, which also happens when the parent is killed.
 *
 * <p>Runs from a jar that holds this class alone, see {@link BrokerClassPath}: no nested classes, no other class of this
 * package.
 */
final class BrokerMain {

    static final String READY = "ready";

    private BrokerMain() {}

    /** Takes one argument, the server properties. */
    public static void main(String[] arguments) {
        // Ctrl-C reaches every process of the terminal; the parent decides what it means.
        Signal.handle(new Signal("INT"), SignalHandler.SIG_IGN);
        try {
            var config = new KafkaConfig(properties(Path.of(arguments[0])), false);
            format(config);
            var server = new KafkaRaftServer(config, Time.SYSTEM);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "stop"));
            stopWithParent();
            server.startup();
            System.out.println(READY);
        } catch (Throwable e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
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

    private static void stopWithParent() {
        var watch = new Thread(BrokerMain::exitWhenInputEnds, "parent");
        watch.setDaemon(true);
        watch.start();
    }

    private static void exitWhenInputEnds() {
        try {
            while (System.in.read() >= 0) {
                // nothing is ever sent
            }
        } catch (IOException e) {
            System.err.println("Stopping, since the parent cannot be heard: " + e);
        }
        System.exit(0);
    }

    private static void stop(KafkaRaftServer server) {
        server.shutdown();
        server.awaitShutdown();
    }
}
