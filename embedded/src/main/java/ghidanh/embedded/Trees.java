package ghidanh.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;

/** Whole directory trees. */
public final class Trees {

    private Trees() {}

    /** Lists a directory's contents, children before their parents, the directory itself last. */
    static List<Path> childrenFirst(Path root) throws IOException {
        try (var paths = Files.walk(root)) {
            return paths.sorted(Comparator.reverseOrder()).toList();
        }
    }

    /** Copies a directory with its permissions; the target must not exist. */
    static void copy(Path from, Path to) throws IOException {
        try (var paths = Files.walk(from)) {
            for (var path : paths.toList()) {
                Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    /** Deletes a directory and what it contains; a directory that does not exist is fine. */
    public static void delete(Path root) throws IOException {
        if (Files.exists(root)) {
            for (var path : childrenFirst(root)) {
                Files.deleteIfExists(path);
            }
        }
    }

    /**
     * Gives a finished directory or file its final name; the same made by another thread or process may have it already.
     *
     * <p>Nobody ever sees anything of that name that is not complete.
     */
    static void moveUnlessPresent(Path finished, Path name) throws IOException {
        try {
            Files.move(finished, name, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.exists(name)) {
                throw e;
            }
        }
    }
}
