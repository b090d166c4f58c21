package ghidanh.embedded;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaBrokerIT {

    private static final String TOPIC = "registrations";

    private final Path directory;

    KafkaBrokerIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void topics_and_offsets_survive_every_way_to_end() throws Exception {
        try (var broker = start(settings())) {
            createTopic(broker);

            send(broker, "first");
            assertThat(receive(broker)).isEqualTo("first");
            broker.stop();
            assertThat(broker.isRunning()).isFalse();
            broker.start();

            send(broker, "second");
            assertThat(receive(broker)).isEqualTo("second");
            broker.kill();
            assertThat(broker.isRunning()).isFalse();
            broker.start();

            send(broker, "third");
            assertThat(receive(broker)).isEqualTo("third");
        }
    }

    @Test
    void a_restart_keeps_the_port_that_the_first_start_picked() {
        try (var broker = start(settings())) {
            int port = broker.port();
            broker.stop();
            broker.start();

            assertThat(broker.port()).isEqualTo(port);
        }
    }

    @Test
    void clients_of_a_further_listener_are_told_its_advertised_port() throws Exception {
        int port = Ports.free();
        int usual = Ports.free();
        var listener = new KafkaSettings.Listener("PROXIED", port, usual);
        try (var broker = start(settings().withPort(usual).withListener(listener))) {
            assertThat(nodePort(Ports.HOST + ":" + port)).isEqualTo(usual);
        }
    }

    private static int nodePort(String bootstrapServers) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            return admin.describeCluster(new DescribeClusterOptions().timeoutMs(10_000))
                    .nodes()
                    .get()
                    .iterator()
                    .next()
                    .port();
        }
    }

    @Test
    void given_properties_win_and_compacted_topics_are_compacted() throws Exception {
        try (var broker = start(settings().withProperties(Map.of("num.partitions", "7")));
                var admin = admin(broker)) {
            var resource = new ConfigResource(ConfigResource.Type.BROKER, "1");
            var config = requireNonNull(
                    admin.describeConfigs(Set.of(resource)).all().get().get(resource));

            assertThat(config.get("num.partitions").value()).isEqualTo("7");
            assertThat(config.get("log.cleaner.enable").value()).isEqualTo("true");
        }
    }

    @Test
    void an_interrupt_from_the_terminal_is_left_to_the_parent() throws Exception {
        assumeTrue(Platform.current().family() != Platform.Family.WINDOWS, "sends SIGINT with kill");
        try (var broker = start(settings())) {
            var kill = new ProcessBuilder("kill", "-INT", Long.toString(broker.pid())).start();
            assertThat(kill.waitFor()).isZero();

            createTopic(broker);
            send(broker, "still here");
            assertThat(receive(broker)).isEqualTo("still here");
        }
    }

    @Test
    void a_directory_has_one_owner_at_a_time() {
        try (var first = start(settings());
                var second = new KafkaBroker(settings())) {
            assertThatExceptionOfType(StartFailedException.class)
                    .isThrownBy(second::start)
                    .withMessageContaining("Another running program uses " + directory);
            assertThat(first.isRunning()).isTrue();
        }
    }

    @Test
    void a_taken_port_is_named_with_the_cure() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var broker = new KafkaBroker(settings().withPort(taken.getLocalPort()))) {
            assertThatExceptionOfType(StartFailedException.class)
                    .isThrownBy(broker::start)
                    .withMessageContaining(directory.toString())
                    .withMessageContaining("did not start on port " + taken.getLocalPort())
                    .withMessageContaining("choose another port");
        }
    }

    @Test
    void a_wrong_property_is_shown_by_the_log() {
        try (var broker = new KafkaBroker(settings().withProperties(Map.of("num.partitions", "many")))) {
            assertThatExceptionOfType(StartFailedException.class)
                    .isThrownBy(broker::start)
                    .withMessageContaining("properties is wrong")
                    .withMessageContaining("num.partitions");
        }
    }

    private KafkaSettings settings() {
        return KafkaSettings.in(directory.resolve("a broker"));
    }

    private static KafkaBroker start(KafkaSettings settings) {
        return new KafkaBroker(settings).start();
    }

    private static Admin admin(KafkaBroker broker) {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    private static void createTopic(KafkaBroker broker) throws Exception {
        try (var admin = admin(broker)) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1).configs(Map.of("cleanup.policy", "compact"))))
                    .all()
                    .get();
        }
    }

    private static void send(KafkaBroker broker, String value) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(TOPIC, "key", value)).get();
        }
    }

    /** Receives what comes after the group's committed offset, and commits. */
    private static String receive(KafkaBroker broker) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", broker.bootstrapServers(),
                "group.id", "test",
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false",
                "max.poll.records", "1");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(TOPIC));
            var deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (System.nanoTime() < deadline) {
                for (var received : consumer.poll(Duration.ofSeconds(1))) {
                    consumer.commitSync();
                    return received.value();
                }
            }
            throw new AssertionError("Nothing received on " + TOPIC);
        }
    }
}
