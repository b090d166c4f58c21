package ghidanh.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a server's directory to one owner at a time.
 *
 * <p>The operating system frees the lock of a killed owner. A server that still runs in an unlocked directory has
 * therefore lost its owner and may be stopped.
 */
final class DirectoryLock implements AutoCloseable {

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock of a directory, which is created if it does not exist.
     *
     * @throws StartFailedException if somebody else has it, or may not be asked
     */
    static DirectoryLock of(Path directory) throws IOException {
        var channel = open(directory);
        if (lock(channel) == null) {
            channel.close();
            throw new StartFailedException(
                    "Another running program uses " + directory + ": stop it or choose another directory");
        }
        return new DirectoryLock(channel);
    }

    private static FileChannel open(Path directory) throws IOException {
        try {
            Files.createDirectories(directory);
            return FileChannel.open(
                    directory.resolve("owner.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (AccessDeniedException e) {
            throw new StartFailedException(
                    "This user may not write to " + directory + ": choose another directory, or give it to this user",
                    e);
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held by this very JVM
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
