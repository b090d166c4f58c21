package ghidanh.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildJvmTest {

    @Test
    void it_compiles_and_collects_as_its_parent_unless_told_otherwise(@TempDir Path directory) throws IOException {
        Path words = directory.resolve("args");
        List<String> expected = new ArrayList<>(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.matches("-XX:(TieredStopAtLevel=.*|[+]UseSerialGC)"))
                .toList());
        expected.addAll(List.of("-XX:TieredStopAtLevel=4", ChildJvm.class.getName(), "Main", "argument"));

        ChildJvm.command(directory, List.of("-XX:TieredStopAtLevel=4"), "Main", List.of("argument"), words);

        assertThat(Files.readAllLines(words))
                .map(word -> word.replace("\"", ""))
                .isEqualTo(expected);
    }
}
