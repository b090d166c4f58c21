package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.embedded.PostgresCluster.StopMode;
import ghidanh.servers.PostgresServer;
import ghidanh.servers.TestServers;
import ghidanh.sync.replay.ReplayShell;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Replays whose master goes for longer than a job's instance may give no sign of life, beside an instance that looks for such. */
class MasterOutageInReplayIT {

    private static final String SHARD = "replayed_late";

    private static PostgresServer master;
    private static Map<String, Object> settings;
    private static ConfigurableApplicationContext consumer;

    @BeforeAll
    static void start() {
        master = TestServers.onePostgres(Map.of());
        master.start();
        master.createDatabaseIfMissing(TestServers.DATABASE);
        settings = new HashMap<>(Jobbing.QUIET);
        settings.put("ghidanh.sync.jobs.patience", "1s");
        settings.put("ghidanh.sync.master.connect-timeout", "1s");
        settings.put("ghidanh.master.url", master.jdbcUrl(TestServers.DATABASE));
        settings.put("ghidanh.master.username", master.user());
        settings.put("ghidanh.master.password", master.password());
        consumer = SyncStack.startReadyConsumer(List.of(SHARD), settings);
        Jobbing.fill(SHARD, 200);
        Jobbing.relay(SHARD);
        await().atMost(Jobbing.SOON).until(() -> onMaster() == 200);
    }

    @BeforeEach
    void awaitMaster() {
        Rest rest = Rest.of(consumer);
        await().atMost(Jobbing.SOON)
                .until(() -> rest.get("/actuator/health/readiness").status() == 200
                        && rest.get("/api/jobs").status() == 200);
    }

    @AfterAll
    static void stop() {
        consumer.close();
        master.close();
    }

    @Test
    void a_replay_from_a_shell_waits_for_the_master_and_is_not_taken_for_dead() {
        var output = new ByteArrayOutputStream();
        CompletableFuture<Integer> code = replay(output, "--from=earliest", "--max-per-second=50");
        await().atMost(Jobbing.SOON).until(() -> text(output).contains("[###"));

        master.stop(StopMode.IMMEDIATE);
        // Several times a second, so for longer than the patience with the dead.
        await().atMost(Jobbing.SOON).until(() -> text(output).split("waits: ").length > 20);
        master.start();

        assertDone(code, output);
    }

    @Test
    void a_replay_from_a_shell_begins_when_the_master_is_there() {
        var output = new ByteArrayOutputStream();
        master.stop(StopMode.FAST);
        CompletableFuture<Integer> code = replay(output, "--from=earliest");
        await().atMost(Jobbing.SOON).until(() -> text(output).contains("waits: the master is not ready"));
        master.start();

        assertDone(code, output);
    }

    @Test
    void a_replay_from_a_shell_that_an_instance_took_for_dead_goes_on() {
        var output = new ByteArrayOutputStream();
        CompletableFuture<Integer> code = replay(output, "--from=earliest", "--max-per-second=50");
        await().atMost(Jobbing.SOON).until(() -> text(output).contains("[###"));

        takeForDead();

        assertDone(code, output);
    }

    @Test
    void a_job_that_another_instance_took_for_dead_goes_on() {
        Rest rest = Rest.of(consumer);
        String path = Jobbing.start(rest, "/api/replays", """
                {"shard": "%s", "from": "earliest", "dryRun": false, "maxPerSecond": 50, "reason": "r"}
                """.formatted(SHARD));

        takeForDead();

        await().atMost(Jobbing.SOON)
                .until(() -> Jobbing.state(rest.get(path).body()).equals("RUNNING"));
        assertThat(Jobbing.state(Jobbing.finished(consumer, path))).isEqualTo("DONE");
    }

    private static void takeForDead() {
        JdbcClient.create(master.dataSource(TestServers.DATABASE)).sql("""
                        update jobs
                           set state = 'interrupted', message = 'its instance gave no sign of life', ended_at = heartbeat_at
                         where state = 'running'
                        """).update();
    }

    private static void assertDone(CompletableFuture<Integer> code, ByteArrayOutputStream output) {
        assertThat(code).succeedsWithin(Jobbing.SOON);
        assertThat(text(output)).contains("DONE {");
        assertThat(code).isCompletedWithValue(0);
    }

    private static CompletableFuture<Integer> replay(ByteArrayOutputStream output, String... options) {
        var out = new PrintStream(output, true, StandardCharsets.UTF_8);
        String[] arguments = Stream.concat(Stream.of(options), Stream.of(SyncStack.arguments(List.of(SHARD), settings)))
                .toArray(String[]::new);
        return CompletableFuture.supplyAsync(() -> {
            try {
                return ReplayShell.run(out, arguments);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static String text(ByteArrayOutputStream output) {
        return output.toString(StandardCharsets.UTF_8);
    }

    private static long onMaster() {
        return JdbcClient.create(master.dataSource(TestServers.DATABASE))
                .sql("select count(*) from registrations")
                .query(Long.class)
                .single();
    }
}
