package ghidanh.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A finished command: exit code and what it printed. */
record Command(int exitCode, String output) {

    /** Runs a command to its end. */
    static Command run(List<String> words) throws IOException {
        return run(words, "", Map.of());
    }

    /** Runs a command to its end, giving it {@code input} to read and {@code environment} beside this process's. */
    static Command run(List<String> words, String input, Map<String, String> environment) throws IOException {
        // Not a pipe: a server started by the command may keep its end open.
        var output = Files.createTempFile("ghidanh-", ".out");
        try {
            return run(words, input, environment, output);
        } finally {
            if (!output.toFile().delete()) {
                output.toFile().deleteOnExit(); // on Windows a server may still hold it
            }
        }
    }

    private static Command run(List<String> words, String input, Map<String, String> environment, Path output)
            throws IOException {
        var builder = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C"); // messages are searched for known causes
        builder.environment().putAll(environment);
        var process = builder.start();
        try (var stream = process.getOutputStream()) {
            stream.write(input.getBytes(StandardCharsets.UTF_8));
        }
        try {
            var exitCode = process.waitFor();
            return new Command(
                    exitCode,
                    Files.readString(output, StandardCharsets.ISO_8859_1).strip());
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while waiting for " + words.get(0), e);
        }
    }

    boolean succeeded() {
        return exitCode == 0;
    }
}
