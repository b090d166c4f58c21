package ghidanh.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stack that all tests of a JVM share, in a directory named after the JVM's process id. */
final class TestStack {

    private static final Logger LOG = LoggerFactory.getLogger(TestStack.class);
    private static final String PREFIX = "stack-";
    private static final Map<String, String> SMALL = Map.of("shared_buffers", "32MB");

    private static @Nullable EmbeddedStack shared;

    private TestStack() {}

    static synchronized EmbeddedStack get() {
        if (shared == null) {
            shared = start();
        }
        return shared;
    }

    private static EmbeddedStack start() {
        try {
            var parent = parent();
            removeOfKilledRuns(parent);
            var directory = parent.resolve(PREFIX + ProcessHandle.current().pid());
            var stack = EmbeddedStack.start(settings(directory));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stack, directory), "stop test stack"));
            return stack;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static StackSettings settings(Path directory) {
        return StackSettings.in(directory)
                .withPorts(StackSettings.PortChoice.RANDOM)
                .withPostgresParameters(SMALL);
    }

    private static Path parent() throws IOException {
        var target = Path.of("target").toAbsolutePath();
        return Files.createDirectories(
                Files.isDirectory(target)
                        ? target.resolve("embedded")
                        : Path.of(System.getProperty("java.io.tmpdir"), "ghidanh-embedded"));
    }

    /** A killed JVM runs no shutdown hook: its servers may still run. */
    static void removeOfKilledRuns(Path parent) throws IOException {
        try (var directories = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (var directory : directories) {
                var owner = Long.parseLong(directory.getFileName().toString().substring(PREFIX.length()));
                var isOurId = owner == ProcessHandle.current().pid();
                if (isOurId || ProcessHandle.of(owner).isEmpty()) {
                    remove(directory);
                }
            }
        }
    }

    private static void remove(Path directory) throws IOException {
        try {
            EmbeddedStack.stopLeftovers(settings(directory));
        } catch (StartFailedException e) {
            // Its owner runs where process ids are counted anew: in another container that shares this directory.
            LOG.info("Leaving {} alone", directory, e);
            return;
        }
        Trees.delete(directory);
    }

    private static void end(EmbeddedStack stack, Path directory) {
        stack.close();
        try {
            Trees.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
