package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WalkthroughIT {

    @Test
    void the_walk_through_passes_all_its_checks_on_the_embedded_binaries() throws Exception {
        assumeThat(File.separatorChar).as("there is a bash").isEqualTo('/');
        assumeThat(Psql.isThere()).as("psql is on the PATH").isTrue();
        Path output = Path.of("target", "walkthrough.txt");

        ProcessBuilder builder = new ProcessBuilder("bash", "test/walkthrough.sh")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("PG_BIN", binaries());
        Process process = builder.start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();

        assertThat(output).content().doesNotContain("FAIL").containsPattern("\n[0-9]+ passed, 0 failed\n");
        assertThat(process.exitValue()).isZero();
    }

    private static String binaries() {
        try (Session session = Session.on(Servers.master(), "postgres")) {
            return session.text("select setting from pg_config where name = 'BINDIR'");
        }
    }
}
