package ghidanh.demo;

import ghidanh.embedded.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The demo's data directory. A marker file tells it from any other directory, so that only our own is ever deleted. */
class DemoDirectory {

    private static final String MARKER = "ghidanh-demo";

    private final Path path;

    DemoDirectory(Path path) {
        this.path = path;
    }

    /** @throws IllegalArgumentException if the directory holds somebody else's files */
    void prepare(boolean fresh) {
        try {
            if (fresh && Files.exists(path.resolve(MARKER))) {
                Trees.delete(path);
            }
            Files.createDirectories(path);
            if (!Files.exists(path.resolve(MARKER))) {
                refuseForeignFiles();
                Files.writeString(path.resolve(MARKER), "Data of the Ghidanh demo; --fresh deletes all of it.\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use " + path + ": choose another with --data-dir", e);
        }
    }

    /** For psql, as {@code PGPASSFILE}. */
    Path passwordFile() {
        return path.resolve("pgpass");
    }

    /** Of earlier runs; empty where the data are new, or from before passwords were random. */
    Optional<Passwords> passwords() {
        try {
            return Files.exists(passwordFile()) ? Optional.of(Passwords.read(passwordFile())) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + passwordFile(), e);
        }
    }

    void keep(Passwords passwords) {
        try {
            passwords.write(passwordFile());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + passwordFile(), e);
        }
    }

    private void refuseForeignFiles() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            if (files.findAny().isPresent()) {
                throw new IllegalArgumentException(
                        path + " is not empty and not from this demo: choose another with --data-dir");
            }
        }
    }
}
