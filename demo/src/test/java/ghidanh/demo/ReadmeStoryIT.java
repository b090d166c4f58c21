package ghidanh.demo;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.PostgresCluster;
import ghidanh.embedded.StackSettings.PortChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs what the READMEs tell their readers to paste when the master's disk has died; only the addresses are this run's. */
class ReadmeStoryIT {

    private static final Pattern STORY = Pattern.compile("<!-- story -->(.*)<!-- /story -->", Pattern.DOTALL);
    private static final Pattern BLOCK = Pattern.compile("```\n(.*?)```", Pattern.DOTALL);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final String ON_MASTER = """
            select r.shard_reg_id, sm.shard_stno, cm.shard_sec_no, r.created_at, r.mark, r.status, r.version
              from registrations r
              join students_map sm on sm.shard_name = r.shard_name and sm.master_stno = r.stno
              join sections_map cm on cm.shard_name = r.shard_name and cm.master_sec_no = r.sec_no
             where r.shard_name = '%s'
             order by 1
            """;
    private static final String ON_SHARD = """
            select reg_id, stno, sec_no, created_at, mark, status, version from registrations order by 1
            """;

    @Test
    void both_readmes_tell_the_same_commands() throws IOException {
        assertThat(commands("README.vi.md")).isEqualTo(commands("README.md")).contains("rm -rf");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void the_commands_bring_a_dead_master_back(@TempDir Path directory) throws Exception {
        Path data = directory.resolve("demo");
        // A check by schedule would be at work on the shard just when the story wants to start its own.
        var settings = new DemoSettings(
                data,
                false,
                PortChoice.RANDOM,
                List.of("--ghidanh.sync.drift.interval=0", "--ghidanh.sync.drift.settle=1s"));
        Consumer<String> progress = System.out::println;
        try (Demo demo = Demo.start(settings, progress)) {
            for (String shard : demo.stack().shards().keySet()) {
                Awaitility.await()
                        .atMost(PATIENCE)
                        .until(() -> onMaster(demo, shard).equals(onShard(demo, shard)));
            }
            String script = commands("README.md")
                    .replace("~/.ghidanh/demo", data.toString())
                    .replace("http://registrar@127.0.0.1:8080/", demo.pageUrl().replace("//", "//registrar@"))
                    .replace(
                            "http://operator@127.0.0.1:8081",
                            demo.syncUrl().replaceAll("/$", "").replace("//", "//operator@"))
                    .replace("http://127.0.0.1:9081/", demo.syncActuatorUrl());
            Path output = directory.resolve("output");

            Process shell = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();

            assertThat(shell.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            String told = Files.readString(output);
            assertThat(shell.exitValue()).as(told).isZero();
            assertThat(told).contains("\"syncStatus\":\"PENDING\"").containsPattern("\"missing\":\\{\"rows\":[1-9]");
            assertThat(told.substring(told.lastIndexOf("\"counts\"")))
                    .contains("\"missing\":0", "\"extra\":0", "\"different\":0");
            for (String shard : demo.stack().shards().keySet()) {
                assertThat(onMaster(demo, shard))
                        .isEqualTo(onShard(demo, shard))
                        .isNotEmpty();
            }
        }
    }

    private static String commands(String readme) throws IOException {
        String text = Files.readString(Path.of("..", readme));
        return STORY.matcher(text)
                .results()
                .map(MatchResult::group)
                .flatMap(story -> BLOCK.matcher(story).results())
                .map(block -> block.group(1))
                .collect(Collectors.joining());
    }

    private static List<String> onMaster(Demo demo, String shard) throws SQLException {
        return rows(demo.stack().master(), String.format(ON_MASTER, shard));
    }

    private static List<String> onShard(Demo demo, String shard) throws SQLException {
        return rows(demo.stack().shard(shard), ON_SHARD);
    }

    private static List<String> rows(PostgresCluster cluster, String query) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (var session = cluster.connect(EmbeddedStack.DATABASE);
                var statement = session.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                StringBuilder line = new StringBuilder();
                for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                    line.append(rows.getString(column)).append(' ');
                }
                lines.add(line.toString());
            }
        }
        return lines;
    }
}
