package ghidanh.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file of arguments for {@code java @file}, since Windows limits the length of a command. */
final class JavaArguments {

    private JavaArguments() {}

    static Path write(List<String> arguments, Path file) throws IOException {
        return Files.write(file, arguments.stream().map(JavaArguments::quoted).toList());
    }

    private static String quoted(String argument) {
        return '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
