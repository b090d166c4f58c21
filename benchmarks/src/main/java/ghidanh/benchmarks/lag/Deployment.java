package ghidanh.benchmarks.lag;

import ghidanh.benchmarks.Services;
import ghidanh.benchmarks.Sql;
import ghidanh.benchmarks.load.LoadedShard;
import ghidanh.benchmarks.load.ProcessorTime;
import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.PostgresCluster;
import ghidanh.embedded.StackSettings;
import ghidanh.embedded.StackSettings.PortChoice;
import ghidanh.embedded.Trees;
import ghidanh.servers.ServiceProcess;
import ghidanh.sql.Migrations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Master, two shards, Kafka and both packaged services, each a process of its own on this machine, with 100,000 students a shard. All
 * of it ends with this JVM.
 */
final class Deployment {

    static final List<String> SHARDS = List.of("5433", "5434");
    static final String[] JVM = {"-Xmx512m"};

    private static final int LOOK_MILLIS = 100;
    // Small servers of their own; the rest is PostgreSQL's default, fsync and synchronous_commit on among it.
    private static final Map<String, String> SERVER = Map.of(
            "shared_buffers", "256MB",
            "max_wal_size", "4GB",
            "checkpoint_timeout", "15min");

    private final Path directory;
    private final EmbeddedStack stack;
    private final Map<String, LoadedShard> shards = new LinkedHashMap<>();
    private final ServiceProcess registration;
    private final ServiceProcess sync;

    Deployment() throws IOException, SQLException {
        directory = Files.createTempDirectory("ghidanh-lag-");
        stack = EmbeddedStack.start(StackSettings.in(directory.resolve("servers"))
                .withShards(SHARDS)
                .withPorts(PortChoice.RANDOM)
                .withPostgresParameters(SERVER));
        // Not a finally: Ctrl-C shall leave nothing behind either.
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "end"));
        registration = service("registration-service");
        sync = service("sync-consumer");
        Migrations.MASTER.migrate(stack.master().dataSource(EmbeddedStack.DATABASE));
        for (String name : SHARDS) {
            PostgresCluster cluster = stack.shard(name);
            Migrations.SHARD.migrate(cluster.dataSource(EmbeddedStack.DATABASE));
            LoadedShard shard = new LoadedShard(cluster);
            shard.load();
            shards.put(name, shard);
            Sql.attach(stack.master(), name, cluster);
        }
        Sql.execute(stack.master(), "vacuum analyze");
        Sql.execute(stack.master(), "checkpoint");
    }

    private ServiceProcess service(String name) throws IOException {
        return new ServiceProcess(
                Services.jar(name, stack, directory.resolve(name)).withJvmOptions(JVM));
    }

    ServiceProcess registration() {
        return registration;
    }

    ServiceProcess sync() {
        return sync;
    }

    LoadedShard shard(String name) {
        LoadedShard shard = shards.get(name);
        if (shard == null) {
            throw new IllegalArgumentException(name);
        }
        return shard;
    }

    /** Starts both services at once and returns when both are ready. */
    void start() {
        CompletableFuture.allOf(
                        CompletableFuture.runAsync(registration::start), CompletableFuture.runAsync(sync::start))
                .join();
    }

    void stop() {
        registration.stop();
        sync.stop();
    }

    /** The first comparison of all rows comes soon after a start and would be measured with what is. */
    void awaitFirstChecks() throws SQLException, InterruptedException {
        while (SHARDS.size()
                > Sql.number(
                        stack.master(),
                        "select count(distinct shard) from jobs where kind = 'drift_check' and state = 'done'")) {
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /**
     * Waits until every registration has its mark, but not for longer than told.
     *
     * @return how many have none
     */
    long awaitMarks(int seconds) throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + seconds * 1_000_000_000L;
        long left = unmarked();
        while (left > 0 && System.nanoTime() < deadline) {
            Thread.sleep(LOOK_MILLIS);
            left = unmarked();
        }
        return left;
    }

    private long unmarked() throws SQLException {
        long unmarked = 0;
        for (LoadedShard shard : shards.values()) {
            unmarked += shard.number("select count(*) from registrations where synced_at is null");
        }
        return unmarked;
    }

    ProcessorTime processorTime() {
        Map<String, List<Long>> parts = new LinkedHashMap<>();
        parts.put("registration-service", List.of(registration.pid()));
        parts.put("sync-consumer", List.of(sync.pid()));
        parts.put("shards", SHARDS.stream().map(name -> stack.shard(name).pid()).toList());
        parts.put("master", List.of(stack.master().pid()));
        parts.put("Kafka", List.of(stack.kafka().pid()));
        return ProcessorTime.of(parts);
    }

    Connection connectToMaster() throws SQLException {
        return stack.master().connect(EmbeddedStack.DATABASE);
    }

    Connection connectToShard(String name) throws SQLException {
        return stack.shard(name).connect(EmbeddedStack.DATABASE);
    }

    /** What the figures are of. */
    String words() throws SQLException {
        return "Java " + Runtime.version() + " " + String.join(" ", JVM) + ", default settings, PostgreSQL "
                + shard(SHARDS.get(0)).text("show server_version") + " (fsync on), "
                + Runtime.getRuntime().availableProcessors() + " processors for everything, load included";
    }

    private void end() {
        stop();
        stack.close();
        try {
            Trees.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
