package ghidanh.servers;

import ghidanh.embedded.PostgresCluster;
import ghidanh.embedded.PostgresCluster.StopMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A server of the embedded module. */
final class EmbeddedPostgres implements PostgresServer {

    private final PostgresCluster cluster;
    private final Runnable forget;
    private List<ProcessHandle> frozen = List.of();

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
    public synchronized void freeze() {
        var postmaster = ProcessHandle.of(cluster.pid()).orElseThrow();
        signal("STOP", List.of(postmaster)); // first, since it would make more of them
        var sessions = postmaster.descendants().toList();
        signal("STOP", sessions);
        frozen = Stream.concat(Stream.of(postmaster), sessions.stream()).toList();
    }

    @Override
    public synchronized void thaw() {
        signal("CONT", frozen);
        frozen = List.of();
    }

    private static void signal(String name, List<ProcessHandle> processes) {
        var command = new ArrayList<>(List.of("kill", "-" + name));
        processes.forEach(process -> command.add(Long.toString(process.pid())));
        try {
            var kill = new ProcessBuilder(command).inheritIO().start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException(command + " failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
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
