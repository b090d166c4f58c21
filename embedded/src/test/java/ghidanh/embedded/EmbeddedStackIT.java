package ghidanh.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedStackIT {

    private static final Duration EXIT = Duration.ofSeconds(30);

    private final Path directory;

    EmbeddedStackIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void every_cluster_has_the_database_and_its_own_password() throws SQLException {
        var progress = new ConcurrentLinkedQueue<String>();
        try (var stack = EmbeddedStack.start(settings(), progress::add)) {
            assertThat(stack.master().password()).isEqualTo("7363728258");
            assertThat(stack.shard("5434").password()).isEqualTo("12");
            for (var cluster : List.of(stack.master(), stack.shard("5433"), stack.shard("5434"))) {
                try (var connection = cluster.connect(EmbeddedStack.DATABASE)) {
                    assertThat(connection.isValid(1)).isTrue();
                }
            }
            assertThat(stack.kafka().isRunning()).isTrue();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> stack.shard("5435"))
                    .withMessageContaining("5435");
            assertThat(progress)
                    .extracting(sentence -> sentence.substring(0, sentence.indexOf(" is ready")))
                    .containsExactlyInAnyOrder("Kafka", "Master", "Shard 5433", "Shard 5434");
        }
    }

    @Test
    void a_stack_starts_again_after_its_program_was_killed() throws Exception {
        ProcessHandle master;
        ProcessHandle broker;
        try (var program = ChildProgram.start(List.of(), HoldStack.class, directory)) {
            master = process(program.nextLine());
            broker = process(program.nextLine());
            assertThatExceptionOfType(StartFailedException.class)
                    .isThrownBy(() -> EmbeddedStack.start(settings()))
                    .withMessageContaining("Another running program uses " + directory);
            program.kill();
        }
        try (var stack = EmbeddedStack.start(settings())) {
            assertThat(master.onExit()).succeedsWithin(EXIT);
            assertThat(broker.onExit()).succeedsWithin(EXIT);
            assertThat(stack.master().isRunning()).isTrue();
            assertThat(stack.kafka().isRunning()).isTrue();
        }
    }

    private static ProcessHandle process(String id) {
        return ProcessHandle.of(Long.parseLong(id)).orElseThrow();
    }

    private StackSettings settings() {
        return StackSettings.in(directory)
                .withPorts(StackSettings.PortChoice.RANDOM)
                .withPasswords("7363728258", "12");
    }
}
