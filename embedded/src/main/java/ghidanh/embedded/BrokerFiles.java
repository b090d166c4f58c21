package ghidanh.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Properties;

/** What a broker's directory contains. */
record BrokerFiles(Path directory) {

    private static final String DEFAULTS = "broker.properties";

    // Client compilation and the serial collector: on two cores the quickest start and the smallest process.
    private static final List<String> OPTIONS = List.of(
            "-Xms64m",
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xlog:disable",
            "-Xlog:all=warning:stderr",
            "-Dlogback.configurationFile=ghidanh/embedded/broker-logback.xml",
            "-Dlog4j.provider=org.apache.logging.log4j.simple.internal.SimpleProvider", // Kafka loads its API
            "-cp",
            System.getProperty("java.class.path"));

    ServerLog log() {
        return new ServerLog(directory.resolve("broker.log"));
    }

    private Path data() {
        return directory.resolve("data");
    }

    private Path ready() {
        return directory.resolve("broker.ready");
    }

    /** Returns whether the broker that was last started serves requests, or has done so. */
    boolean isReady() {
        return Files.exists(ready());
    }

    /** Waits until the broker of a killed run, which stops by itself, has let go of the data; false if it does not. */
    boolean awaitRelease(Duration timeout) throws IOException {
        var lock = data().resolve(".lock");
        if (!Files.exists(lock)) {
            return true;
        }
        try (var channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
            return Poll.until(() -> channel.tryLock() != null, timeout);
        }
    }

    /** Writes what a broker starts from and returns the command that starts it. */
    ProcessBuilder command(int port, int controllerPort, KafkaSettings settings) throws IOException {
        Files.createDirectories(data());
        Files.deleteIfExists(ready());
        log().rotate();
        var properties = directory.resolve("server.properties");
        try (var writer = Files.newBufferedWriter(properties)) {
            properties(port, controllerPort, settings).store(writer, null);
        }
        return ChildJvm.command(
                        Path.of(System.getProperty("java.home")),
                        OPTIONS,
                        BrokerMain.class.getName(),
                        List.of(properties.toString(), ready().toString()),
                        directory.resolve("java.args"))
                .redirectErrorStream(true)
                .redirectOutput(log().file().toFile());
    }

    private Properties properties(int port, int controllerPort, KafkaSettings settings) throws IOException {
        var properties = new Properties();
        try (var defaults = Objects.requireNonNull(BrokerFiles.class.getResourceAsStream(DEFAULTS), DEFAULTS)) {
            properties.load(defaults);
        }
        var broker = "BROKER://" + Ports.HOST + ":" + port;
        var controller = Ports.HOST + ":" + controllerPort;
        var bound = new StringBuilder(broker + ",CONTROLLER://" + controller);
        var advertised = new StringBuilder(broker);
        var protocols = new StringBuilder("BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT");
        for (var listener : settings.listeners()) {
            var address = "," + listener.name() + "://" + Ports.HOST + ":";
            bound.append(address).append(listener.port());
            advertised.append(address).append(listener.advertisedPort());
            protocols.append(',').append(listener.name()).append(":PLAINTEXT");
        }
        properties.setProperty("listeners", bound.toString());
        properties.setProperty("advertised.listeners", advertised.toString());
        properties.setProperty("listener.security.protocol.map", protocols.toString());
        properties.setProperty("controller.quorum.voters", "1@" + controller);
        properties.setProperty("log.dirs", data().toString());
        properties.putAll(settings.properties());
        return properties;
    }
}
