package ghidanh.chaos;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What happened, on standard output and in a file. Thread-safe. */
final class Report implements AutoCloseable {

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private final PrintStream file;

    Report(Path path) throws IOException {
        Files.createDirectories(path.getParent());
        file = new PrintStream(Files.newOutputStream(path), true, StandardCharsets.UTF_8);
    }

    synchronized void line(String line) {
        out.println(line);
        file.println(line);
    }

    @Override
    public void close() {
        file.close();
    }
}
