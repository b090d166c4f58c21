package ghidanh.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What a broker's directory contains. */
record BrokerFiles(Path directory) {

    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry("process.roles", "broker,controller"),
            Map.entry("node.id", "1"),
            Map.entry("controller.listener.names", "CONTROLLER"),
            Map.entry("inter.broker.listener.name", "BROKER"),
            Map.entry("auto.create.topics.enable", "false"),
            Map.entry("offsets.topic.num.partitions", "1"),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("transaction.state.log.num.partitions", "1"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("share.coordinator.state.topic.num.partitions", "1"),
            Map.entry("share.coordinator.state.topic.replication.factor", "1"),
            Map.entry("share.coordinator.state.topic.min.isr", "1"),
            Map.entry("num.network.threads", "1"),
            Map.entry("num.io.threads", "2"),
            Map.entry("group.initial.rebalance.delay.ms", "0"),
            // How long the partitions of a consumer that was killed wait for another: 45 s where nothing is said.
            Map.entry("group.consumer.min.session.timeout.ms", "10000"),
            Map.entry("group.consumer.session.timeout.ms", "10000"),
            Map.entry("group.consumer.min.heartbeat.interval.ms", "2000"),
            Map.entry("group.consumer.heartbeat.interval.ms", "2000"),
            // The default of 128 MB would not fit the heap; 16 MB hold some 600 000 keys a pass.
            Map.entry("log.cleaner.dedupe.buffer.size", "16777216"));

    private static final String LOGGING = """
            <configuration>
                <appender name="log" class="ch.qos.logback.core.ConsoleAppender">
                    <target>System.err</target>
                    <encoder>
                        <pattern>%d %-5level %logger{20} %msg%n</pattern>
                    </encoder>
                </appender>
                <root level="WARN">
                    <appender-ref ref="log"/>
                </root>
            </configuration>
            """;

    Path log() {
        return directory.resolve("broker.log");
    }

    /** Where the broker's JVM writes an archive of its classes. */
    Path archive() {
        return directory.resolve("broker.jsa");
    }

    private Path data() {
        return directory.resolve("data");
    }

    /** Keeps the last run's log beside the next one's. */
    void rotateLog() throws IOException {
        if (Files.exists(log())) {
            Files.move(log(), log().resolveSibling("broker.log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Waits until the broker of a killed run, which stops by itself, has let go of the data. */
    void awaitRelease(Duration timeout) throws IOException {
        var lock = data().resolve(".lock");
        if (!Files.exists(lock)) {
            return;
        }
        try (var channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
            var released = new CompletableFuture<Void>();
            var waiter = new Thread(() -> lock(channel, released), "kafka lock");
            waiter.setDaemon(true);
            waiter.start();
            released.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS).join();
        }
    }

    private static void lock(FileChannel channel, CompletableFuture<Void> released) {
        try {
            channel.lock();
            released.complete(null);
        } catch (IOException e) {
            released.completeExceptionally(e);
        }
    }

    Path writeProperties(int port, int controllerPort, KafkaSettings settings) throws IOException {
        var broker = "BROKER://" + Ports.HOST + ":" + port;
        var controller = Ports.HOST + ":" + controllerPort;
        var all = new LinkedHashMap<>(DEFAULTS);
        var bound = new StringBuilder(broker + ",CONTROLLER://" + controller);
        var advertised = new StringBuilder(broker);
        var protocols = new StringBuilder("BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT");
        for (var listener : settings.listeners()) {
            var address = "," + listener.name() + "://" + Ports.HOST + ":";
            bound.append(address).append(listener.port());
            advertised.append(address).append(listener.advertisedPort());
            protocols.append(',').append(listener.name()).append(":PLAINTEXT");
        }
        all.put("listeners", bound.toString());
        all.put("advertised.listeners", advertised.toString());
        all.put("listener.security.protocol.map", protocols.toString());
        all.put("controller.quorum.voters", "1@" + controller);
        all.put("log.dirs", data().toString());
        all.putAll(settings.properties());
        var properties = new Properties();
        properties.putAll(all);
        Files.createDirectories(data());
        var file = directory.resolve("server.properties");
        try (var writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        return file;
    }

    /** Writes the arguments of the broker's JVM, for {@code java @file}. */
    Path writeArguments(BrokerClassPath classPath, List<String> jvmOptions, Path properties) throws IOException {
        var logging = directory.resolve("logback.xml");
        Files.writeString(logging, LOGGING);
        var arguments = new ArrayList<>(List.of("-Xlog:disable", "-Xlog:all=warning:stderr"));
        arguments.addAll(jvmOptions);
        arguments.addAll(List.of(
                "-Dlogback.configurationFile=" + logging,
                "-Dlog4j.provider=org.apache.logging.log4j.simple.internal.SimpleProvider", // Kafka loads its API
                "-cp",
                classPath.option(),
                BrokerMain.class.getName(),
                properties.toString()));
        return JavaArguments.write(arguments, directory.resolve("java.args"));
    }
}
