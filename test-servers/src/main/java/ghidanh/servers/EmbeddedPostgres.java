package ghidanh.servers;

import ghidanh.embedded.PostgresCluster;
import ghidanh.embedded.PostgresCluster.StopMode;

/** A server of the embedded module. */
final class EmbeddedPostgres implements PostgresServer {

    private final PostgresCluster cluster;
    private final Runnable forget;

    /** @param forget deletes the data */
    EmbeddedPostgres(PostgresCluster cluster, Runnable forget) {
        this.cluster = cluster;
        this.forget = forget;
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
        cluster.freeze();
    }

    @Override
    public void thaw() {
        cluster.thaw();
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
        forget.run();
    }

    @Override
    public String toString() {
        return cluster.toString();
    }
}
