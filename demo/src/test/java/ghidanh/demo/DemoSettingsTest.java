package ghidanh.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ghidanh.embedded.StackSettings.PortChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoSettingsTest {

    @Test
    void options_are_ours_and_settings_go_to_the_services() {
        DemoSettings settings = DemoSettings.of(
                List.of("--fresh", "--data-dir=/tmp/x", "--random-ports", "--ghidanh.relay.poll-interval=1s"));

        assertThat(settings)
                .isEqualTo(new DemoSettings(
                        Path.of("/tmp/x").toAbsolutePath(),
                        true,
                        PortChoice.RANDOM,
                        List.of("--ghidanh.relay.poll-interval=1s")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--data-dir", "--data-dir=", "--frsh", "fresh"})
    void a_misspelt_option_is_refused(String argument) {
        assertThatThrownBy(() -> DemoSettings.of(List.of(argument)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(argument);
    }

    @Test
    void fresh_never_deletes_what_is_not_the_demos(@TempDir Path directory) throws IOException {
        Path precious = Files.writeString(directory.resolve("thesis.txt"), "years of work");

        assertThatThrownBy(() -> new DemoDirectory(directory).prepare(true)).hasMessageContaining("not from this demo");
        assertThat(precious).exists();
    }

    @Test
    void fresh_deletes_the_demos_own_directory(@TempDir Path directory) throws IOException {
        Path own = directory.resolve("demo");
        new DemoDirectory(own).prepare(false);
        Path old = Files.writeString(own.resolve("old"), "");

        new DemoDirectory(own).prepare(true);

        assertThat(own).exists();
        assertThat(old).doesNotExist();
    }
}
