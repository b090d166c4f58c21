package ghidanh.chaos;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

/** Copies a running server's data by PostgreSQL's functions for backups, as pg_basebackup does, which the tests' binaries lack. */
final class BaseBackup {

    private static final Set<String> OF_THE_RUNNING = Set.of("postmaster.pid", "postmaster.opts");

    private final Path from;
    private final Path to;

    private BaseBackup(Path from, Path to) {
        this.from = from;
        this.to = to;
    }

    /**
     * Copies {@code from} to {@code to}, which must not exist, with what a server needs to recover to the end of the backup.
     *
     * @param server whose data directory {@code from} is
     */
    static void take(Connection server, Path from, Path to) throws SQLException, IOException {
        new BaseBackup(from, to).take(server);
    }

    private void take(Connection server) throws SQLException, IOException {
        String first = text(server, "select pg_walfile_name(pg_backup_start('chaos', true))");
        copy();
        String label = text(server, "select labelfile from pg_backup_stop(false)");
        String last = text(server, "select pg_walfile_name(pg_current_wal_insert_lsn())");
        Files.writeString(to.resolve("backup_label"), label);
        try (var segments = Files.newDirectoryStream(from.resolve("pg_wal"))) {
            for (Path segment : segments) {
                String name = segment.getFileName().toString();
                if (name.endsWith(".history") || (name.compareTo(first) >= 0 && name.compareTo(last) <= 0)) {
                    Files.copy(segment, to.resolve("pg_wal").resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    private static String text(Connection server, String query) throws SQLException {
        try (var statement = server.createStatement();
                var row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    private void copy() throws IOException {
        Path log = from.resolve("pg_wal");
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Files.copy(directory, copyOf(directory), StandardCopyOption.COPY_ATTRIBUTES);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!file.startsWith(log)
                        && !OF_THE_RUNNING.contains(from.relativize(file).toString())) {
                    try {
                        Files.copy(file, copyOf(file), StandardCopyOption.COPY_ATTRIBUTES);
                    } catch (NoSuchFileException e) {
                        return visitFileFailed(file, e);
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE; // the server has removed it, and the write-ahead log knows
                }
                throw e;
            }
        });
    }

    private Path copyOf(Path path) {
        return to.resolve(from.relativize(path));
    }
}
