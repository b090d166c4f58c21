package ghidanh.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * The passwords of the demo's databases, random ones for each data directory. They are kept in a file that psql reads as
 * {@code PGPASSFILE}.
 *
 * @param owner of the user {@code postgres} on every server
 * @param role of every other user
 */
record Passwords(String owner, String role) {

    private static final String OWNER = "*:*:*:postgres:";
    private static final String ROLE = "*:*:*:*:";

    static Passwords random() {
        return new Passwords(UUID.randomUUID().toString(), UUID.randomUUID().toString());
    }

    /** @throws IllegalArgumentException if the file is not as {@link #write} leaves it */
    static Passwords read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        if (lines.size() != 2
                || !lines.get(0).startsWith(OWNER)
                || !lines.get(1).startsWith(ROLE)) {
            throw new IllegalArgumentException(
                    file + " was changed: delete it, and the databases get passwords anew at the next start");
        }
        return new Passwords(
                lines.get(0).substring(OWNER.length()), lines.get(1).substring(ROLE.length()));
    }

    void write(Path file) throws IOException {
        OwnersFile.write(file, List.of(OWNER + owner, ROLE + role));
    }
}
