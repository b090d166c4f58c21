package ghidanh.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ghidanh.embedded.PostgresCluster.StopMode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresClusterIT {

    private final Path directory;

    PostgresClusterIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void a_new_cluster_is_durable_and_closed_to_the_outside() throws SQLException {
        try (var cluster = start(settings())) {
            assertThat(ask(cluster, """
                            select name || '=' || setting
                              from pg_settings
                             where name in ('fsync', 'full_page_writes', 'listen_addresses', 'max_connections',
                                            'password_encryption', 'server_encoding', 'synchronous_commit',
                                            'track_commit_timestamp', 'unix_socket_directories')
                             order by name
                            """))
                    .containsExactly(
                            "fsync=on",
                            "full_page_writes=on",
                            "listen_addresses=127.0.0.1",
                            "max_connections=200",
                            "password_encryption=scram-sha-256",
                            "server_encoding=UTF8",
                            "synchronous_commit=on",
                            "track_commit_timestamp=on",
                            "unix_socket_directories=");
            assertThat(ask(cluster, "select distinct auth_method from pg_hba_file_rules"))
                    .containsExactly("scram-sha-256");
        }
    }

    @Test
    void given_parameters_win_over_the_usual_ones() throws SQLException {
        var parameters = Map.of("max_connections", "30", "cluster_name", "it's ours");
        try (var cluster = start(settings().withParameters(parameters))) {
            assertThat(ask(cluster, "show max_connections")).containsExactly("30");
            assertThat(ask(cluster, "show cluster_name")).containsExactly("it's ours");
        }
    }

    @Test
    void data_survive_every_way_to_stop() throws SQLException {
        try (var cluster = start(settings())) {
            execute(cluster, "create table kept (word text)");

            execute(cluster, "insert into kept values ('fast')");
            cluster.stop(StopMode.FAST);
            assertThat(cluster.isRunning()).isFalse();
            cluster.start();

            execute(cluster, "insert into kept values ('immediate')");
            cluster.stop(StopMode.IMMEDIATE);
            cluster.start();

            execute(cluster, "insert into kept values ('killed')");
            cluster.kill();
            assertThat(cluster.isRunning()).isFalse();
            cluster.start();

            assertThat(ask(cluster, "select word from kept order by word"))
                    .containsExactly("fast", "immediate", "killed");
        }
    }

    @Test
    void a_restart_keeps_the_port_that_the_first_start_picked() {
        try (var cluster = start(settings())) {
            int port = cluster.port();
            cluster.stop(StopMode.FAST);
            cluster.start();

            assertThat(cluster.port()).isEqualTo(port);
        }
    }

    @Test
    void a_wrong_password_is_refused() {
        try (var cluster = start(settings().withPassword("it's right"))) {
            var url = cluster.jdbcUrl("postgres");
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> DriverManager.getConnection(url, cluster.user(), "wrong"))
                    .extracting(SQLException::getSQLState)
                    .isEqualTo("28P01");
        }
    }

    @Test
    void postgres_fdw_pg_trgm_and_auto_explain_can_be_loaded() throws SQLException {
        try (var cluster = start(settings().withParameters(Map.of("shared_preload_libraries", "auto_explain")))) {
            execute(cluster, "create extension postgres_fdw");
            execute(cluster, "create extension pg_trgm");
            execute(cluster, "create extension unaccent");

            assertThat(ask(cluster, "show auto_explain.log_min_duration")).containsExactly("-1");
            assertThat(ask(cluster, "select lower(unaccent('Nguyễn ĐỨC'))")).containsExactly("nguyen duc");
            // Letters beyond ASCII are letters, not gaps between words.
            assertThat(ask(cluster, "select similarity('nguyễn', 'NGUYỄN')")).containsExactly("1");
            assertThat(ask(cluster, "select to_tsvector('simple', 'Đức Nguyễn')"))
                    .containsExactly("'nguyễn':2 'đức':1");
        }
    }

    @Test
    void a_database_is_created_once() throws SQLException {
        try (var cluster = start(settings())) {
            cluster.createDatabaseIfMissing("an \"odd\" name");
            cluster.createDatabaseIfMissing("an \"odd\" name");

            assertThat(ask(cluster, "select datname from pg_database where datname like 'an%'"))
                    .containsExactly("an \"odd\" name");
        }
    }

    @Test
    void a_directory_has_one_owner_at_a_time() {
        try (var first = start(settings());
                var second = new PostgresCluster(settings())) {
            assertThatExceptionOfType(StartFailedException.class)
                    .isThrownBy(second::start)
                    .withMessageContaining("Another running program uses " + directory);
            assertThat(first.isRunning()).isTrue();
        }
    }

    @Test
    void a_taken_port_is_named_with_the_cure() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var cluster = new PostgresCluster(settings().withPort(taken.getLocalPort()))) {
            assertThatExceptionOfType(StartFailedException.class)
                    .isThrownBy(cluster::start)
                    .withMessageContaining(directory.toString())
                    .withMessageContaining("did not start on port " + taken.getLocalPort())
                    .withMessageContaining("choose another port")
                    .withMessageContaining("could not bind");
        }
    }

    @Test
    void a_wrong_parameter_is_shown_by_the_log() {
        try (var cluster = new PostgresCluster(settings().withParameters(Map.of("work_memory", "1MB")))) {
            assertThatExceptionOfType(StartFailedException.class)
                    .isThrownBy(cluster::start)
                    .withMessageContaining("parameters is wrong")
                    .withMessageContaining("work_memory");
        }
    }

    @Test
    void a_process_id_left_behind_does_not_stop_whoever_has_it_now() throws IOException {
        try (var other = start(PostgresSettings.in(directory.resolve("other")));
                var cluster = start(settings())) {
            var file = settings().directory().resolve("data/postmaster.pid");
            var lines = new ArrayList<>(Files.readAllLines(file));
            cluster.stop(StopMode.FAST);

            for (long pid : List.of(other.pid(), ProcessHandle.current().pid())) {
                lines.set(0, Long.toString(pid));
                Files.write(file, lines);
                assertThat(cluster.isRunning()).isFalse();
                cluster.start();
                cluster.stop(StopMode.FAST);
            }
            assertThat(other.isRunning()).isTrue();
        }
    }

    @Test
    void two_programs_may_unpack_the_binaries_at_once() throws Exception {
        var first = Files.createDirectory(directory.resolve("first"));
        var second = Files.createDirectory(directory.resolve("second"));
        try (var one = ChildProgram.start(List.of(), UseCluster.class, first);
                var other = ChildProgram.start(List.of(), UseCluster.class, second)) {
            assertThat(one.nextLine()).isEqualTo("kept");
            assertThat(other.nextLine()).isEqualTo("kept");
        }
        try (var cache = Files.list(directory.resolve("cache"))) {
            assertThat(cache)
                    .hasSize(2)
                    .noneMatch(path -> path.getFileName().toString().startsWith("."));
        }
    }

    private PostgresSettings settings() {
        return PostgresSettings.in(directory.resolve("a cluster"));
    }

    private static PostgresCluster start(PostgresSettings settings) {
        return new PostgresCluster(settings).start();
    }

    private static void execute(PostgresCluster cluster, String sql) throws SQLException {
        try (var connection = cluster.connect("postgres");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> ask(PostgresCluster cluster, String query) throws SQLException {
        try (var connection = cluster.connect("postgres");
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            var answers = new ArrayList<String>();
            while (rows.next()) {
                answers.add(rows.getString(1));
            }
            return answers;
        }
    }
}
