package ghidanh.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory with a file system of its own, in memory, which can be full. Only Linux has such, and only for root. */
final class SmallDisk implements AutoCloseable {

    private static final String SIZE = "size=2g";
    private static final int ATTEMPTS = 20;
    private static final long PAGE_BYTES = 4096;

    private final Path directory;

    /** Mounts it. */
    SmallDisk(Path directory) throws IOException {
        this.directory = directory;
        Files.createDirectories(directory);
        Shell.run("mount", "-t", "tmpfs", "-o", SIZE, "chaos", directory.toString());
    }

    /** Whether this machine lets us; tries it in a directory that is then gone. */
    static boolean isPossible(Path directory) throws IOException {
        Files.createDirectories(directory);
        boolean possible = Shell.succeeds("mount", "-t", "tmpfs", "-o", SIZE, "chaos", directory.toString());
        if (possible) {
            Shell.run("umount", directory.toString());
        }
        Files.delete(directory);
        return possible;
    }

    /** Whoever writes more gets ENOSPC from now on. */
    void fill() throws IOException {
        for (int attempt = 1; ; attempt++) {
            var store = Files.getFileStore(directory);
            long pages = (store.getTotalSpace() - store.getUnallocatedSpace()) / PAGE_BYTES + 1;
            try {
                resize("size=" + pages * PAGE_BYTES);
                return;
            } catch (IOException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                // Somebody wrote meanwhile: it cannot become smaller than what it holds.
            }
        }
    }

    void free() throws IOException {
        resize(SIZE);
    }

    private void resize(String size) throws IOException {
        Shell.run("mount", "-o", "remount," + size, directory.toString());
    }

    @Override
    public void close() throws IOException {
        Shell.run("umount", "--lazy", directory.toString());
    }
}
