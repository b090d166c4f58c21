package ghidanh.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM of its own with the tests' class path, to be killed or to run as another user. */
record ChildProgram(Process process, BufferedReader output, Path errors) implements AutoCloseable {

    /** Starts a main class in a directory, its only argument; words of {@code prefix} go before {@code java}. */
    static ChildProgram start(List<String> prefix, Class<?> main, Path directory) throws IOException {
        var words = new ArrayList<>(prefix);
        words.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                directory.toString()));
        var errors = Files.createTempFile(directory, "child-", ".log");
        var process = new ProcessBuilder(words)
                .directory(directory.toFile())
                .redirectError(errors.toFile())
                .start();
        return new ChildProgram(process, process.inputReader(StandardCharsets.UTF_8), errors);
    }

    /** Reads the next line; fails with what the program wrote to standard error if it has ended instead. */
    String nextLine() throws IOException {
        var line = output.readLine();
        if (line == null) {
            throw new IOException("The program ended:\n" + new ServerLog(errors).tail());
        }
        return line;
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
