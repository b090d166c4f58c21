package ghidanh.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A server's clock that can be set while the server runs, by libfaketime, where that is installed. */
final class WrongClock {

    private static final Path LIBRARIES = Path.of("/usr/lib");

    private final Path library;
    private final Path setting;

    private WrongClock(Path library, Path setting) throws IOException {
        this.library = library;
        this.setting = setting;
        set(Duration.ZERO);
    }

    /** @param setting the file to tell the server by */
    static Optional<WrongClock> in(Path setting) throws IOException {
        Optional<Path> library = library();
        return library.isEmpty() ? Optional.empty() : Optional.of(new WrongClock(library.get(), setting));
    }

    private static Optional<Path> library() throws IOException {
        if (!Files.isDirectory(LIBRARIES)) {
            return Optional.empty();
        }
        try (Stream<Path> architectures = Files.list(LIBRARIES)) {
            return architectures
                    .map(architecture -> architecture.resolve("faketime/libfaketime.so.1"))
                    .filter(Files::exists)
                    .findFirst();
        }
    }

    /** What the server has to be started with. */
    Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD", library.toString(),
                "FAKETIME_TIMESTAMP_FILE", setting.toString(),
                "FAKETIME_CACHE_DURATION", "1",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                "FAKETIME_DISABLE_SHM", "1", // its processes outlive the one that would own it
                "NO_FAKE_STAT", "1");
    }

    /** Seen by the server within a second. */
    void set(Duration ahead) throws IOException {
        Files.writeString(setting, String.format("%+d%n", ahead.toSeconds()));
    }
}
