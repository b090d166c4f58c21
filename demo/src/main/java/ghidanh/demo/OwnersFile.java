package ghidanh.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** A file of passwords, for its owner's eyes only: psql would not read another. */
final class OwnersFile {

    private OwnersFile() {}

    /** Complete or not at all, and at no moment for others. */
    static void write(Path file, List<String> lines) throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(partial);
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(
                    partial, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Files.write(partial, lines);
        Files.move(partial, file);
    }
}
