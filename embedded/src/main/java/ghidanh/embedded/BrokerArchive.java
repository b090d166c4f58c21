package ghidanh.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The JVM's archive of the broker's classes: written when a broker stops that had none, used from then on.
 *
 * <p>Optional throughout: with no archive, or one that does not fit, the JVM loads the classes from their jars.
 *
 * @param kept in the cache, for all brokers with the same JVM and class path
 * @param written by this broker's JVM when it ends
 */
record BrokerArchive(Path kept, Path written) {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerArchive.class);

    static BrokerArchive of(BrokerClassPath classPath, Path cache, Path written) throws IOException {
        Files.deleteIfExists(written); // perhaps half of one, from a killed run
        return new BrokerArchive(cache.resolve("broker-" + classPath.fingerprint() + ".jsa"), written);
    }

    List<String> options() {
        var archive = Files.exists(kept) ? "-XX:SharedArchiveFile=" + kept : "-XX:ArchiveClassesAtExit=" + written;
        return List.of(archive, "-Xshare:auto");
    }

    /** Takes over what the stopped broker has written, so that nobody reads half an archive. */
    void keep() {
        try {
            if (Files.exists(written)) {
                moveToCache();
            }
        } catch (IOException e) {
            // The next start is slower, no more; a broker that has stopped well shall not be reported as failed.
            LOG.warn("Cannot keep the archive of the broker's classes in {}", kept, e);
        }
    }

    private void moveToCache() throws IOException {
        var partial = Files.createTempFile(kept.getParent(), ".broker-", ".jsa");
        try {
            Files.move(written, partial, StandardCopyOption.REPLACE_EXISTING);
            Files.move(partial, kept, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(partial);
        }
    }
}
