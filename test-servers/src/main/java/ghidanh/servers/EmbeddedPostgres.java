package ghidanh.servers;

import ghidanh.embedded.PostgresCluster;
import ghidanh.embedded.PostgresCluster.StopMode;
import ghidanh.embedded.PostgresSettings;
import java.nio.file.Path;

/** A server of the embedded module. */
final class EmbeddedPostgres implements PostgresServer {

    private final Path directory;
    private final PostgresCluster cluster;
    private Frozen frozen = Frozen.NONE;

    EmbeddedPostgres(PostgresSettings settings) {
        this.directory = settings.directory();
        this.cluster = new PostgresCluster(settings);
    }

    @Override
    public void start() {
        cluster.start();
    }

    @Override
    public void stop(StopMode mode) {
        cluster.stop(mode);
    }

    @Override
    public void freeze() {
        frozen = Frozen.freeze(cluster.pid());
    }

    @Override
    public void thaw() {
        frozen.thaw();
        frozen = Frozen.NONE;
    }

    @Override
    public void killSession(int pid) {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }

    @Override
    public String host() {
        return cluster.host();
    }

    @Override
    public int port() {
        return cluster.port();
    }

    @Override
    public String password() {
        return cluster.password();
    }

    @Override
    public void close() {
        cluster.close();
        EmbeddedInfrastructure.delete(directory);
    }

    @Override
    public String toString() {
        return cluster.toString();
    }
}
