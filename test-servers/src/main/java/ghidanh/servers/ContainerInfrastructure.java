package ghidanh.servers;

import ghidanh.embedded.Ports;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Network;

/** Servers in containers of one network. Testcontainers removes them when the JVM ends, in whatever way. */
final class ContainerInfrastructure implements Infrastructure {

    private final String host = DockerClientFactory.instance().dockerHostIpAddress();
    private final Network network = Network.newNetwork();
    private final AtomicInteger next = new AtomicInteger();

    static boolean isPossible() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    @Override
    public PostgresServer postgres(String password, Map<String, String> parameters) {
        var name = "postgres" + next.incrementAndGet();
        return new ContainerPostgres(network, name, host, Ports.free(), password, parameters);
    }

    @Override
    public KafkaServer kafka() {
        return new ContainerKafka(network, host, Ports.free());
    }

    @Override
    public TestServers shared() {
        return TestServers.start(this, List.of("5433", "5434"));
    }

    @Override
    public String toString() {
        var docker = DockerClientFactory.instance().client().versionCmd().exec();
        return "Testcontainers, Docker " + docker.getVersion() + ", " + ContainerPostgres.IMAGE + ", "
                + ContainerKafka.IMAGE;
    }
}
