package ghidanh.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ghidanh.demo.Servers.Seat;
import ghidanh.embedded.KafkaBroker;
import ghidanh.embedded.KafkaSettings;
import ghidanh.embedded.KafkaSettings.Listener;
import ghidanh.embedded.Ports;
import ghidanh.servers.TestServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Both services at a broker with SASL/SCRAM over TLS, with the rights of {@code deploy/kafka-rights.txt}, and others there. */
@TestMethodOrder(OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // started before the first test
class KafkaRightsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String EVENTS = "enrollment-5433";
    private static final String STORE_PASSWORD = "of the test";

    private static Path directory;
    private static TestServers stack;
    private static KafkaBroker broker;
    private static String address;
    private static Service sync;
    private static Service registration;

    @BeforeAll
    static void start(@TempDir Path temporary) throws Exception {
        directory = temporary;
        makeCertificate();
        stack = TestServers.start("5433", "5434");
        int port = Ports.free();
        address = "127.0.0.1:" + port;
        broker = new KafkaBroker(KafkaSettings.in(directory.resolve("kafka"))
                        .withListener(new Listener("CLIENTS", port, port))
                        .withProperties(security()))
                .start();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.alterUserScramCredentials(
                            List.of(user("registration-service"), user("sync-consumer"), user("stranger")))
                    .all()
                    .get();
            admin.createAcls(rights()).all().get();
        }
        sync = Service.sync(stack, kafka("sync-consumer"));
        registration = Service.registration(stack, kafka("registration-service"));
    }

    @AfterAll
    static void stop() {
        registration.close();
        sync.close();
        broker.close();
        stack.close();
    }

    /** As a certificate of an authority that nobody knows. */
    private static void makeCertificate() throws Exception {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        List<String> store = List.of(
                "-alias",
                "broker",
                "-keystore",
                directory.resolve("broker.p12").toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                STORE_PASSWORD);
        run(
                keytool,
                "-genkeypair",
                store,
                List.of("-keyalg", "EC", "-dname", "CN=broker", "-ext", "san=ip:127.0.0.1", "-validity", "2"));
        run(keytool, "-exportcert", store, List.of("-rfc", "-file", certificate()));
    }

    private static void run(String program, String command, List<String> store, List<String> more) throws Exception {
        List<String> words = new ArrayList<>(List.of(program, command));
        words.addAll(store);
        words.addAll(more);
        Process process = new ProcessBuilder(words).inheritIO().start();
        assertThat(process.waitFor()).isZero();
    }

    private static String certificate() {
        return directory.resolve("broker.pem").toString();
    }

    /** The test itself comes through the first listener, without a name, and may do everything. */
    private static Map<String, String> security() {
        return Map.of(
                "listener.security.protocol.map", "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENTS:SASL_SSL",
                "sasl.enabled.mechanisms", "SCRAM-SHA-512",
                "listener.name.clients.scram-sha-512.sasl.jaas.config",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required;",
                "ssl.keystore.location", directory.resolve("broker.p12").toString(),
                "ssl.keystore.type", "PKCS12",
                "ssl.keystore.password", STORE_PASSWORD,
                "ssl.key.password", STORE_PASSWORD,
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users", "User:ANONYMOUS");
    }

    private static UserScramCredentialUpsertion user(String name) {
        return new UserScramCredentialUpsertion(
                name, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password(name));
    }

    private static String password(String user) {
        return "the password of " + user;
    }

    private static List<AclBinding> rights() throws Exception {
        List<AclBinding> rights = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("..", "deploy", "kafka-rights.txt"))) {
            String[] words = line.split("\\s+");
            for (int i = 3; i < words.length && !line.startsWith("#"); i++) {
                var operation = AclOperation.valueOf(words[i].toUpperCase(Locale.ROOT));
                for (String shard : stack.shards().keySet()) {
                    rights.add(new AclBinding(
                            new ResourcePattern(
                                    ResourceType.valueOf(words[1].toUpperCase(Locale.ROOT)),
                                    words[2].replace("SHARD", shard),
                                    PatternType.LITERAL),
                            new AccessControlEntry("User:" + words[0], "*", operation, AclPermissionType.ALLOW)));
                }
            }
        }
        assertThat(rights).hasSize(20);
        return rights;
    }

    private static String login(String user, String password) {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + user + "\" password=\""
                + password + "\";";
    }

    /** As deploy/README.md has it. */
    private static String[] kafka(String user) {
        return new String[] {
            "--spring.kafka.bootstrap-servers=" + address,
            "--spring.kafka.security.protocol=SASL_SSL",
            "--spring.kafka.ssl.trust-store-type=PEM",
            "--spring.kafka.ssl.trust-store-location=file:" + certificate(),
            "--spring.kafka.properties[sasl.mechanism]=SCRAM-SHA-512",
            "--spring.kafka.properties[sasl.jaas.config]=" + login(user, password(user))
        };
    }

    private static Map<String, Object> client(String user, String password) {
        Map<String, Object> client = new HashMap<>();
        client.put("bootstrap.servers", address);
        client.put("security.protocol", "SASL_SSL");
        client.put("ssl.truststore.type", "PEM");
        client.put("ssl.truststore.location", certificate());
        client.put("sasl.mechanism", "SCRAM-SHA-512");
        client.put("sasl.jaas.config", login(user, password));
        client.put("default.api.timeout.ms", 20_000);
        return client;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String user, String password) {
        Map<String, Object> client = client(user, password);
        client.put("group.id", "sync-5433");
        return new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Test
    @Order(1)
    void events_dead_letters_and_measurements_go_through_with_the_services_rights() throws Exception {
        Seat seat = Servers.seat(stack.shard("5433"), 1);
        Servers.sql(stack.shard("5433"))
                .sql("insert into registrations (stno, sec_no) values (?, ?)")
                .params(seat.stno(), seat.secNo())
                .update();
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> Servers.sql(stack.master())
                                .sql("select count(*) from registrations where shard_name = '5433'")
                                .query(Long.class)
                                .single()
                        == 1);

        try (var admin = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            admin.send(new ProducerRecord<>(EVENTS, "registration:1", "no event"))
                    .get();
        }
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> sync.get("api/dead-letters?shard=5433")
                                .path("deadLetters")
                                .size()
                        == 1);
        Awaitility.await().atMost(PATIENCE).until(() -> committed() >= 2);
    }

    @Test
    @Order(2)
    void who_has_no_rights_reads_nothing_and_commits_no_offset() throws Exception {
        var events = new TopicPartition(EVENTS, 0);
        Set<TopicPartition> only = Set.of(events);
        long committed = committed();
        try (var stranger = consumer("stranger", password("stranger"))) {
            stranger.assign(only);
            stranger.seek(events, 0);
            assertThatThrownBy(() -> stranger.poll(Duration.ofSeconds(20)))
                    .isInstanceOf(TopicAuthorizationException.class);
            assertThatThrownBy(() -> stranger.commitSync(Map.of(events, new OffsetAndMetadata(0))))
                    .isInstanceOf(GroupAuthorizationException.class);
        }
        try (var nobody = consumer("sync-consumer", "a guess")) {
            nobody.assign(only);
            assertThatThrownBy(() -> nobody.poll(Duration.ofSeconds(20)))
                    .isInstanceOf(SaslAuthenticationException.class);
        }
        assertThat(committed()).isEqualTo(committed);
    }

    @Test
    @Order(3)
    void a_service_may_not_do_what_the_other_does() {
        try (var reader = new KafkaProducer<>(
                client("sync-consumer", password("sync-consumer")), new StringSerializer(), new StringSerializer())) {
            assertThatThrownBy(() ->
                            reader.send(new ProducerRecord<>(EVENTS, "k", "v")).get())
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseInstanceOf(TopicAuthorizationException.class);
        }
        try (var writer = consumer("registration-service", password("registration-service"))) {
            writer.assign(Set.of(new TopicPartition(EVENTS, 0)));
            writer.seek(new TopicPartition(EVENTS, 0), 0);
            assertThatThrownBy(() -> writer.poll(Duration.ofSeconds(20)))
                    .isInstanceOf(TopicAuthorizationException.class);
        }
    }

    /** By the group of the shard's listeners, over all partitions. */
    private static long committed() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            return admin.listConsumerGroupOffsets("sync-5433").partitionsToOffsetAndMetadata().get().values().stream()
                    .mapToLong(OffsetAndMetadata::offset)
                    .sum();
        }
    }
}
