package ghidanh.servers;

import java.util.Map;

/** Makes servers, which are not started yet but have their address. */
interface Infrastructure {

    PostgresServer postgres(String password, Map<String, String> parameters);

    KafkaServer kafka();

    /** Returns the stack of this JVM, started, which ends with the JVM. */
    TestServers shared();

    /**
     * Returns what {@code -Dghidanh.test.infra=} names, {@code embedded} or {@code testcontainers}; where it names nothing,
     * containers if a Docker engine answers.
     */
    static Infrastructure chosen() {
        var name = System.getProperty("ghidanh.test.infra", "");
        var infrastructure =
                switch (name) {
                    case "embedded" -> new EmbeddedInfrastructure();
                    case "testcontainers" -> new ContainerInfrastructure();
                    case "" ->
                        ContainerInfrastructure.isPossible()
                                ? new ContainerInfrastructure()
                                : new EmbeddedInfrastructure();
                    default ->
                        throw new IllegalArgumentException(
                                "ghidanh.test.infra is embedded or testcontainers, not " + name);
                };
        System.out.println("Integration tests on " + infrastructure);
        return infrastructure;
    }
}
