package ghidanh.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedInfrastructureIT {

    private static final Duration EXIT = Duration.ofSeconds(30);

    @Test
    void a_killed_test_run_leaves_nothing_that_the_next_does_not_remove(@TempDir Path directory) throws Exception {
        var parent = directory.resolve("target");
        ProcessHandle master;
        ProcessHandle broker;
        try (var program = ParentProgram.start(HoldServers.class, directory)) {
            var file = Path.of(program.answer(), "postmaster.pid");
            master = ProcessHandle.of(Long.parseLong(Files.readAllLines(file).get(0)))
                    .orElseThrow();
            broker = program.process().children().findAny().orElseThrow();
            EmbeddedInfrastructure.removeKilledRuns(parent);
            assertThat(master.isAlive()).isTrue();
            assertThat(broker.isAlive()).isTrue();
        }
        assertThat(broker.onExit()).succeedsWithin(EXIT);
        EmbeddedInfrastructure.removeKilledRuns(parent);
        assertThat(master.onExit()).succeedsWithin(EXIT);
        assertThat(parent).isEmptyDirectory();
    }
}
