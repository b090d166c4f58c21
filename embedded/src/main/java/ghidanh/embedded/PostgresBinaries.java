package ghidanh.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** The unpacked {@code initdb}, {@code pg_ctl} and {@code postgres} of one version. */
record PostgresBinaries(Path home) {

    private static final int BUFFER_BYTES = 1 << 16;

    /**
     * Returns the binaries below a cache directory, unpacking them first if no run has done so yet.
     *
     * <p>Safe for several threads and processes.
     */
    static synchronized PostgresBinaries in(Path cache) throws IOException {
        var platform = Platform.current();
        var archive = PostgresBinaries.class.getResource("/" + platform.archive());
        if (archive == null) {
            throw new StartFailedException("The class path has no " + platform.archive()
                    + ": add io.zonky.test.postgres:" + platform.artifact() + " to the dependencies");
        }
        var home = cache.resolve(versioned(platform.artifact(), archive));
        if (!Files.isDirectory(home)) {
            unpack(archive, home);
        }
        return new PostgresBinaries(home);
    }

    Path executable(String name) {
        return home.resolve("bin").resolve(Platform.current().executable(name));
    }

    /** The jar's name carries the version; nothing inside it does. */
    private static String versioned(String artifact, URL archive) {
        var url = archive.toString();
        int end = url.lastIndexOf(".jar!");
        return end < 0 ? artifact : url.substring(url.lastIndexOf('/', end) + 1, end);
    }

    private static void unpack(URL archive, Path home) throws IOException {
        Files.createDirectories(home.getParent());
        var partial = Files.createTempDirectory(home.getParent(), ".unpacking-");
        try {
            setPermissions(partial, 0755); // a temporary directory is closed to the user "nobody"
            try (var compressed = new BufferedInputStream(archive.openStream(), BUFFER_BYTES);
                    var tar = new TarArchiveInputStream(new XZInputStream(compressed))) {
                for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    unpack(entry, tar, partial);
                }
            }
            Trees.moveUnlessPresent(partial, home);
        } finally {
            Trees.delete(partial);
        }
    }

    private static void unpack(TarArchiveEntry entry, InputStream content, Path root) throws IOException {
        var target = root.resolve(entry.getName()).normalize();
        if (!target.startsWith(root)) {
            throw new IOException("The archive names a file outside itself: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else if (entry.isLink()) {
            Files.createLink(target, root.resolve(entry.getLinkName()));
        } else {
            Files.copy(content, target);
            setPermissions(target, entry.getMode());
        }
    }

    private static void setPermissions(Path path, int mode) throws IOException {
        if (Files.getFileAttributeView(path, PosixFileAttributeView.class) != null) {
            Files.setPosixFilePermissions(path, permissions(mode));
        }
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        var permissions = EnumSet.noneOf(PosixFilePermission.class);
        var highestFirst = PosixFilePermission.values();
        for (int i = 0; i < highestFirst.length; i++) {
            if ((mode & (0400 >> i)) != 0) {
                permissions.add(highestFirst[i]);
            }
        }
        return permissions;
    }
}
