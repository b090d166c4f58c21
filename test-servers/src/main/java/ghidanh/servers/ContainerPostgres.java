package ghidanh.servers;

import ghidanh.embedded.PostgresCluster.StopMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.testcontainers.containers.Network;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** A server in a container, which the other containers of the network know by a name. */
final class ContainerPostgres implements PostgresServer {

    static final String IMAGE = "postgres:18";

    private static final int PORT = 5432;

    private final FixedPort container;
    private final ContainerLife life;
    private final String host;
    private final int port;
    private final String name;

    /** @param name in the network */
    ContainerPostgres(
            Network network, String name, String host, int port, String password, Map<String, String> parameters) {
        this.host = host;
        this.port = port;
        this.name = name;
        this.container = new FixedPort(port);
        this.life = new ContainerLife(container, this::answers);
        container
                .withNetwork(network)
                .withNetworkAliases(name)
                .withUsername(user())
                .withPassword(password)
                .withDatabaseName("postgres")
                // As in docker-compose.yml and in the embedded module.
                .withEnv(
                        "POSTGRES_INITDB_ARGS",
                        "--encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C")
                .withCommand(command(parameters).toArray(String[]::new));
    }

    private static List<String> command(Map<String, String> parameters) {
        var words = new ArrayList<>(List.of("postgres"));
        words.addAll(List.of("-c", "track_commit_timestamp=on", "-c", "max_connections=200"));
        parameters.forEach((parameter, value) -> words.addAll(List.of("-c", parameter + "=" + value)));
        return words;
    }

    private boolean answers() throws SQLException {
        try (var connection = connect("postgres")) {
            return connection.isValid(1);
        }
    }

    @Override
    public void start() {
        life.start();
    }

    @Override
    public void stop(StopMode mode) {
        life.stop(
                switch (mode) {
                    case FAST -> "SIGINT";
                    case IMMEDIATE -> "SIGQUIT";
                });
    }

    @Override
    public void freeze() {
        life.freeze();
    }

    @Override
    public void thaw() {
        life.thaw();
    }

    @Override
    public void killSession(int pid) {
        try {
            var kill = container.execInContainer("bash", "-c", "kill -9 " + pid);
            if (kill.getExitCode() != 0) {
                throw new IllegalStateException(kill.toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String host() {
        return host;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String password() {
        return container.getPassword();
    }

    @Override
    public String fdwHost() {
        return name;
    }

    @Override
    public int fdwPort() {
        return PORT;
    }

    @Override
    public void close() {
        container.stop();
    }

    @Override
    public String toString() {
        return IMAGE + " at " + host + ":" + port;
    }

    /** Published at the same port whenever it starts. */
    private static final class FixedPort extends PostgreSQLContainer {
        FixedPort(int port) {
            super(ContainerPostgres.IMAGE);
            addFixedExposedPort(port, PORT);
        }
    }
}
