package ghidanh.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/** The beginning of {@code postmaster.pid}, which a running server keeps and a killed one leaves behind. */
record PostmasterFile(Path data, long pid, Instant startedAt) {

    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(10);

    /** Returns what the file in a data directory says; empty if there is none or it is just being written. */
    static Optional<PostmasterFile> in(Path data) throws IOException {
        try {
            var lines = Files.readString(file(data), StandardCharsets.ISO_8859_1)
                    .lines()
                    .map(String::strip)
                    .toList();
            if (lines.size() < 3) {
                return Optional.empty();
            }
            return Optional.of(new PostmasterFile(
                    data, Long.parseLong(lines.get(0)), Instant.ofEpochSecond(Long.parseLong(lines.get(2)))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static Path file(Path data) {
        return data.resolve("postmaster.pid");
    }

    /**
     * Returns the server that wrote the file, if it still runs. Its process id alone proves nothing: by now it may be
     * another program's, even another cluster's, or belong to a dead process that nobody has waited for.
     */
    Optional<ProcessHandle> server() {
        return ProcessHandle.of(pid).filter(this::isServer);
    }

    private boolean isServer(ProcessHandle process) {
        var info = process.info();
        if (Platform.current().family() != Platform.Family.WINDOWS) {
            return Arrays.stream(info.arguments().orElse(new String[0])).anyMatch(this::isData);
        }
        // Windows does not tell the arguments of other processes.
        var isPostgres = info.command().filter(command -> command.endsWith("postgres.exe"));
        var startedThen = info.startInstant()
                .filter(instant -> Duration.between(instant, startedAt).abs().compareTo(CLOCK_TOLERANCE) < 0);
        return isPostgres.isPresent() && startedThen.isPresent();
    }

    private boolean isData(String argument) {
        try {
            var path = Path.of(argument);
            return path.isAbsolute() && Files.exists(path) && Files.isSameFile(path, data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the server has ended, though not until its parent has noticed, which may be late or never. */
    void awaitEnd(Duration timeout) throws IOException {
        Poll.until(() -> server().isEmpty(), timeout);
    }

    /**
     * Deletes the file if its process id is in use by something else: the next server would take that for its
     * predecessor and refuse to start.
     */
    void deleteIfMisleading() throws IOException {
        if (ProcessHandle.of(pid).isPresent() && server().isEmpty()) {
            Files.deleteIfExists(file(data));
        }
    }
}
