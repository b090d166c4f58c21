package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.sync.replay.ReplayShell;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

class ReplayShellIT {

    private static final String SHARD = "shelled";

    private static ConfigurableApplicationContext consumer;

    @BeforeAll
    static void fillTheTopic() {
        consumer = SyncStack.startReadyConsumer(List.of(SHARD), Jobbing.QUIET);
        Jobbing.fill(SHARD, 300);
        Jobbing.relay(SHARD);
        await().atMost(Jobbing.SOON).until(() -> Jobbing.onMaster(SHARD).equals(Jobbing.onShard(SHARD)));
    }

    @AfterAll
    static void stopConsumer() {
        consumer.close();
    }

    @Test
    void a_replay_runs_from_a_shell_with_a_progress_bar() throws InterruptedException {
        Jobbing.forget(SHARD);
        var output = new ByteArrayOutputStream();

        int code = ReplayShell.run(new PrintStream(output, true, StandardCharsets.UTF_8), arguments("--from=earliest"));

        String text = output.toString(StandardCharsets.UTF_8);
        assertThat(text).contains("[####################]", "DONE {");
        assertThat(code).isZero();
        assertThat(Jobbing.onMaster(SHARD)).hasSize(300).isEqualTo(Jobbing.onShard(SHARD));
    }

    @Test
    void what_cannot_begin_says_why() throws InterruptedException {
        var output = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8);

        assertThat(ReplayShell.run(out)).isEqualTo(2);
        assertThat(ReplayShell.run(out, "--from=earliest", "--dryrun")).isEqualTo(2);
        assertThat(ReplayShell.run(out, arguments("--from=earliest", "--shard=nowhere")))
                .isEqualTo(2);

        assertThat(output.toString(StandardCharsets.UTF_8))
                .contains("replay --from=earliest", "unknown option --dryrun", "there is no shard nowhere");
    }

    private static String[] arguments(String... own) {
        List<String> all = new ArrayList<>(List.of(own));
        String prefix = "ghidanh.shards." + SHARD + ".";
        Stream.concat(
                        Stream.of(
                                "spring.kafka.bootstrap-servers",
                                "ghidanh.master.url",
                                "ghidanh.master.username",
                                "ghidanh.master.password"),
                        Stream.of("universities", "url", "username", "password", "fdw-host", "fdw-port", "fdw-database")
                                .map(prefix::concat))
                .forEach(name ->
                        all.add("--" + name + "=" + consumer.getEnvironment().getProperty(name)));
        return all.toArray(String[]::new);
    }
}
