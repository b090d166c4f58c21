package ghidanh.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Prometheus' own checker, where it is installed. */
final class Promtool {

    static final String MISSING = "promtool is not installed (Debian: apt-get install prometheus)";

    /** What it said. */
    record Answer(boolean success, String output) {}

    private Promtool() {}

    static boolean isInstalled() {
        try {
            return run("--version").success();
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    static Answer run(String command, String subcommand, List<Path> files) {
        return run(Stream.concat(Stream.of(command, subcommand), files.stream().map(Path::toString))
                .toArray(String[]::new));
    }

    private static Answer run(String... arguments) {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Answer(process.waitFor() == 0, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
