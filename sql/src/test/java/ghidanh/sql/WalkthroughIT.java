package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ghidanh.embedded.PostgresCluster;
import ghidanh.embedded.PostgresSettings;
import ghidanh.servers.Psql;
import java.io.File;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalkthroughIT {

    @Test
    void the_walk_through_passes_all_its_checks_on_the_embedded_binaries(@TempDir Path directory) throws Exception {
        assumeThat(File.separatorChar).as("there is a bash").isEqualTo('/');
        assumeThat(Psql.isThere()).as("psql is on the PATH").isTrue();
        Path output = Path.of("target", "walkthrough.txt");

        ProcessBuilder builder = new ProcessBuilder("bash", "test/walkthrough.sh")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("PG_BIN", binaries(directory));
        Process process = builder.start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();

        assertThat(output).content().doesNotContain("FAIL").containsPattern("\n[0-9]+ passed, 0 failed\n");
        assertThat(process.exitValue()).isZero();
    }

    /** Of the embedded module wherever the other tests' servers run, since the script starts clusters of its own. */
    private static String binaries(Path directory) throws SQLException {
        try (PostgresCluster cluster = new PostgresCluster(PostgresSettings.in(directory)).start();
                Connection connection = cluster.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet setting = statement.executeQuery("select setting from pg_config where name = 'BINDIR'")) {
            setting.next();
            return setting.getString(1);
        }
    }
}
