package ghidanh.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerUserIT {

    private final Path directory;

    ServerUserIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @BeforeEach
    void open_the_directory_to_others() throws IOException {
        assumeTrue(ServerUser.isRoot(), "runs servers as other users, which takes root");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    @Test
    void root_may_change_between_the_ways_to_run_a_server() throws SQLException {
        var settings = PostgresSettings.in(directory.resolve("cluster")).withCache(directory.resolve("cache"));
        var users =
                List.of(ServerUser.ROOT_IN_NAMESPACE, ServerUser.PLAIN_NOBODY, ServerUser.NOBODY_PASSING_DIRECTORIES);
        for (var user : users) {
            assumeTrue(user.works(), () -> "this system does not allow " + user.prefix());
        }
        int rows = 0;
        for (int turn = 0; turn < 2; turn++) {
            for (var user : users) {
                try (var cluster = new PostgresCluster(settings, user).start();
                        var connection = cluster.connect("postgres");
                        var statement = connection.createStatement()) {
                    statement.execute("create table if not exists starts (id int generated always as identity)");
                    statement.execute("insert into starts default values");
                    try (var count = statement.executeQuery("select count(*) from starts")) {
                        assertThat(count.next()).isTrue();
                        assertThat(count.getInt(1)).isEqualTo(++rows);
                    }
                }
            }
        }
    }

    @Test
    void an_ordinary_user_runs_a_server() throws IOException, InterruptedException {
        // With the right to read our class path, wherever it is.
        var nobody = ServerUser.NOBODY_PASSING_DIRECTORIES;
        assumeTrue(nobody.works(), () -> "this system does not allow " + nobody.prefix());
        var home = Files.createDirectory(directory.resolve("home"));
        nobody.own(home);
        try (var child = ChildProgram.start(nobody.prefix(), UseCluster.class, home)) {
            assertThat(child.nextLine()).isEqualTo("kept");
        }
    }
}
