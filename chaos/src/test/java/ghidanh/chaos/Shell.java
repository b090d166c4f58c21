package ghidanh.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Commands of the machine. */
final class Shell {

    private Shell() {}

    /** Runs a command to its end; false if it fails, or is not there. */
    static boolean succeeds(String... words) {
        try {
            run(words);
            return true;
        } catch (IOException e) {
            return false; // which is the answer
        }
    }

    /** @throws IOException if it fails; with what it said */
    static void run(String... words) throws IOException {
        run(Path.of(""), words);
    }

    /** @throws IOException as above */
    static void run(Path directory, String... words) throws IOException {
        Process process = new ProcessBuilder(words)
                .directory(directory.toAbsolutePath().toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", words) + ": " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted in " + words[0], e);
        }
    }
}
