package ghidanh.servers;

import com.github.dockerjava.api.command.InspectContainerResponse;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.testcontainers.containers.Network;
import org.testcontainers.kafka.KafkaContainer;

/** A broker in a container. */
final class ContainerKafka implements KafkaServer {

    static final String IMAGE = "apache/kafka:4.2.2";

    private static final int PORT = 9092;

    private final KafkaContainer container;
    private final ContainerLife life;
    private final String address;

    ContainerKafka(Network network, String host, int port) {
        this.address = host + ":" + port;
        this.container = new FixedPort(port, address);
        this.life = new ContainerLife(container, this::answers);
        container
                .withNetwork(network)
                .withEnv("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:9094")
                // As in the embedded module.
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withEnv("KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS", "1")
                .withEnv("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_NUM_PARTITIONS", "1")
                .withEnv("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR", "1")
                .withEnv("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR", "1")
                .withEnv("KAFKA_LOG_CLEANER_DEDUPE_BUFFER_SIZE", "16777216")
                .withEnv("KAFKA_HEAP_OPTS", "-Xms64m -Xmx384m");
    }

    private boolean answers() throws Exception {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", address, "default.api.timeout.ms", "5000", "request.timeout.ms", "5000");
        try (var admin = Admin.create(settings)) {
            return !admin.describeCluster().nodes().get().isEmpty();
        }
    }

    @Override
    public void start() {
        life.start();
    }

    @Override
    public void stop() {
        life.stop("SIGTERM");
    }

    @Override
    public String bootstrapServers() {
        return address;
    }

    @Override
    public void close() {
        container.stop();
    }

    @Override
    public String toString() {
        return IMAGE + " at " + address;
    }

    /** Published at the same port whenever it starts, which the broker can be told before it does. */
    private static final class FixedPort extends KafkaContainer {
        FixedPort(int port, String address) {
            super(IMAGE);
            addFixedExposedPort(port, PORT);
            withEnv("KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://" + address + ",BROKER://localhost:9093");
            // As in docker-compose.yml. The broker is the process that gets the signal to stop.
            withCommand("bash", "-c", "chmod -Rf u+w /etc/kafka/docker /opt/kafka/config; exec /etc/kafka/docker/run");
        }

        /** Would write the script that usually tells the broker its address, and starts it. */
        @Override
        protected void containerIsStarting(InspectContainerResponse container) {}
    }
}
