package ghidanh.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.PostgresCluster;
import ghidanh.embedded.StackSettings;
import ghidanh.embedded.StackSettings.PortChoice;
import ghidanh.servers.Psql;
import ghidanh.sql.Migrations;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo on data of a demo whose passwords everybody knew, with servers that log all they are told. */
@SuppressWarnings("NullAway.Init") // started before the first test
class PasswordsIT {

    private static final Pattern PSQL = Pattern.compile("^PGPASSFILE=\\S+ psql .*$", Pattern.MULTILINE);

    private static Path data;
    private static Demo demo;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        data = directory.resolve("demo");
        makeEarlierData();
        demo = Demo.start(new DemoSettings(data, false, PortChoice.RANDOM, List.of()), System.out::println);
    }

    private static void makeEarlierData() throws IOException, SQLException {
        Files.createDirectories(data);
        Files.writeString(data.resolve("ghidanh-demo"), "Data of the Ghidanh demo\n");
        var settings = StackSettings.in(data).withPorts(PortChoice.RANDOM).withPasswords("7363728258", "12");
        try (var stack = EmbeddedStack.start(settings)) {
            Migrations.SHARD.migrate(stack.shard("5433").dataSource(EmbeddedStack.DATABASE));
            Migrations.MASTER.migrate(stack.master().dataSource(EmbeddedStack.DATABASE));
            String port = String.valueOf(stack.shard("5433").port());
            execute(stack.master(), "select attach_shard('5433', 'localhost', " + port + ", 'postgres', '12')");
            execute(stack.master(), "alter system set log_statement = 'all'");
            execute(stack.master(), "alter system set log_min_duration_statement = 0");
            execute(stack.master(), "alter system set log_parameter_max_length_on_error = -1");
        }
    }

    @AfterAll
    static void stop() {
        if (demo != null) {
            demo.close();
        }
    }

    @Test
    void the_passwords_that_everybody_knew_open_nothing() {
        for (PostgresCluster cluster : servers()) {
            for (String password : List.of("7363728258", "12")) {
                assertThatThrownBy(() -> DriverManager.getConnection(
                                cluster.jdbcUrl(EmbeddedStack.DATABASE), cluster.user(), password))
                        .hasMessageContaining("password authentication failed");
            }
        }
    }

    @Test
    void the_files_of_passwords_are_for_their_owner_only() throws IOException {
        Path file = data.resolve("pgpass");
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            for (Path each : List.of(file, data.resolve("netrc"))) {
                assertThat(Files.getPosixFilePermissions(each))
                        .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
            }
        }
        assertThat(new DemoDirectory(data).passwords()).contains(Passwords.read(file));
    }

    @Test
    void psql_signs_in_as_the_readmes_say() throws Exception {
        assumeThat(Psql.isThere()).as("psql is on the PATH").isTrue();
        String command = command("README.md");
        assertThat(command("README.vi.md")).isEqualTo(command);

        assertThat(psql(command, "select count(*) from students_5433;")).contains("2400");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(psql(command, "select 'new: ' || sync_registrations_remapped();"))
                        .contains("new: 0"));
    }

    @Test
    void no_log_of_the_master_has_a_password() throws Exception {
        Passwords passwords = Passwords.read(data.resolve("pgpass"));
        Path log = data.resolve("master").resolve("server.log");
        assertThat(Files.readString(log)).contains("log_no_statements");

        if (Psql.isThere()) {
            var words = new ArrayList<>(psqlOnMaster());
            demo.stack()
                    .shards()
                    .forEach((name, shard) -> words.addAll(List.of(
                            "-v",
                            "port_" + name + "=" + shard.port(),
                            "-v",
                            "password_" + name + "=" + passwords.owner())));
            words.addAll(List.of("-f", "../sql/mapping_method.sql", "-d", "postgres"));
            assertThat(run(words, "")).contains("Shard 5433", "in database postgres, too");
            assertThat(run(
                            psqlOnMaster(),
                            "select count(*) from students_5433;\nselect srvname, umoptions from pg_user_mappings;"))
                    .contains("2400", "ghidanh_window")
                    .doesNotContain("password", passwords.owner(), passwords.role());
            assertThat(Files.readString(log)).contains("create server ghidanh_window");
        }

        assertThat(Files.readString(log)).doesNotContain(passwords.owner(), passwords.role());
    }

    private static List<String> psqlOnMaster() {
        String port = String.valueOf(demo.stack().master().port());
        return List.of("psql", "-X", "-h", "127.0.0.1", "-p", port, "-U", "postgres");
    }

    private static List<PostgresCluster> servers() {
        var all = new ArrayList<>(demo.stack().shards().values());
        all.add(demo.stack().master());
        return all;
    }

    private static String command(String readme) throws IOException {
        var found = PSQL.matcher(Files.readString(Path.of("..", readme)));
        assertThat(found.find()).as("%s signs in with psql", readme).isTrue();
        return found.group();
    }

    private static String psql(String command, String input) throws Exception {
        String here = command.replace("~/.ghidanh/demo", data.toString())
                .replace("5432", String.valueOf(demo.stack().master().port()));
        return run(List.of("bash", "-c", here), input);
    }

    private static String run(List<String> words, String input) throws Exception {
        var builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().put("PGPASSFILE", data.resolve("pgpass").toString());
        Process process = builder.start();
        try (var writer = process.outputWriter(StandardCharsets.UTF_8)) {
            writer.write(input);
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private static void execute(PostgresCluster cluster, String sql) throws SQLException {
        try (var connection = cluster.connect(EmbeddedStack.DATABASE);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
