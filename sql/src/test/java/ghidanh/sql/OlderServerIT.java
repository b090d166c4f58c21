package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.embedded.PostgresCluster;
import ghidanh.embedded.PostgresSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that has not got the last registration takes a shard's place: real servers, a real promotion. */
class OlderServerIT {

    private static final long MICROSECONDS_OF_2020 = 1_577_836_800_000_000L;

    @Test
    void a_promoted_standby_numbers_on_above_what_it_never_got(@TempDir Path directory) throws Exception {
        try (PostgresCluster primary = shard(directory.resolve("primary"))) {
            primary.close();
            copy(directory.resolve("primary/data"), directory.resolve("standby/data"));
            Files.createFile(directory.resolve("standby/data/standby.signal"));
            primary.start();
            var settings = PostgresSettings.in(directory.resolve("standby"))
                    .withPassword(primary.password())
                    .withParameters(Map.of(
                            "primary_conninfo",
                            "host=127.0.0.1 port=" + primary.port() + " user=postgres password=" + primary.password()));
            try (var standby = new PostgresCluster(settings).start()) {
                long kept = register(primary, 1);
                Waiting.until(() -> number(standby, "select count(*) from registrations") == 1);
                on(standby, "alter system set primary_conninfo = ''");
                on(standby, "select pg_reload_conf()");
                Waiting.until(() -> number(standby, "select count(*) from pg_stat_wal_receiver") == 0);
                long lost = register(primary, 2);
                long version = number(primary, "select max(version) from registrations");
                primary.close();

                assertThat(number(standby, "select pg_promote()::integer")).isEqualTo(1);

                assertThat(number(standby, "select max(reg_id) from registrations"))
                        .as("the second one never arrived")
                        .isEqualTo(kept)
                        .isLessThan(lost);
                assertBeginsAnew(standby, "^it was at (\\d+/\\d+)/00000001/\\d+ and is at \\1/00000002");
                assertThat(number(standby, "select max(version) from registrations"))
                        .isGreaterThan(MICROSECONDS_OF_2020)
                        .isGreaterThan(version);
            }
        }
    }

    @Test
    void a_copy_of_the_disk_that_runs_on_numbers_on_above_what_it_never_got(@TempDir Path directory) throws Exception {
        try (PostgresCluster original = shard(directory.resolve("original"))) {
            long kept = register(original, 1);
            original.close();
            original.start();
            assertThat(register(original, 4)).as("after a mere restart").isEqualTo(kept + 1);
            original.close();
            copy(directory.resolve("original/data"), directory.resolve("copy/data"));
            original.start();
            long lost = register(original, 2);
            original.close();

            try (var copy = new PostgresCluster(
                            PostgresSettings.in(directory.resolve("copy")).withPassword(original.password()))
                    .start()) {
                assertThat(number(copy, "select max(reg_id) from registrations"))
                        .isEqualTo(lost - 1);
                assertBeginsAnew(copy, "^it was at (\\d+/\\d+/00000001)/\\d+ and is at \\1/\\d+$");
            }
        }
    }

    /** As docs/operations.md says of owners. The place that is known more exactly is the same one: no number is raised. */
    @Test
    void an_owner_who_is_no_superuser_knows_of_copied_files_once_granted(@TempDir Path directory) throws Exception {
        try (PostgresCluster shard = shard(directory.resolve("shard"))) {
            on(shard, "create role plain; alter function database_place() owner to plain");
            on(shard, "delete from incarnations"); // as if it had been plain's from the beginning
            long first = register(shard, 1);
            assertThat(placesLike(shard, "^\\d+/\\d+/00000001$")).isEqualTo(1);

            on(shard, "grant execute on function pg_stat_file(text) to plain");
            assertThat(register(shard, 2)).isEqualTo(first + 1);
            assertThat(placesLike(shard, "^\\d+/\\d+/00000001/\\d+$")).isEqualTo(1);
        }
    }

    /** The next number is above all that were ever given, and says why. */
    private static void assertBeginsAnew(PostgresCluster shard, String reason) {
        assertThat(register(shard, 3)).isGreaterThan(MICROSECONDS_OF_2020);
        assertThat(number(shard, "select count(*) from incarnations where reason ~ '" + reason + "'"))
                .isEqualTo(1);
    }

    private static long placesLike(PostgresCluster shard, String pattern) {
        return number(
                shard,
                "select count(*) from incarnations where place = database_place() and place ~ '" + pattern + "'");
    }

    private static PostgresCluster shard(Path directory) throws Exception {
        PostgresCluster shard = new PostgresCluster(PostgresSettings.in(directory)).start();
        Migrations.SHARD.migrate(shard.dataSource("postgres"));
        on(shard, """
                insert into universities values (1, 'Bách khoa', 'public');
                insert into courses values (1, 'Giải tích', 3);
                insert into students (u_id, lname, fname) select 1, 'Lý', 'An' from generate_series(1, 9);
                insert into sections (year, semester, time, hall, c_no, capacity) values (2026, 1, 'T2 1-3', 'A1', 1, 99)
                """);
        return shard;
    }

    private static long register(PostgresCluster shard, int stno) {
        return number(shard, "insert into registrations (stno, sec_no) values (" + stno + ", 1) returning reg_id");
    }

    private static void on(PostgresCluster cluster, String sql) throws SQLException {
        try (var session = cluster.connect("postgres");
                var statement = session.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long number(PostgresCluster cluster, String sql) {
        try (var session = cluster.connect("postgres");
                var statement = session.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The server is not running. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            files.forEach(file -> {
                try {
                    Path copy = to.resolve(from.relativize(file).toString());
                    Files.createDirectories(copy.getParent());
                    Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
