package ghidanh.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** Where unpacked binaries and the template cluster are kept between runs. */
final class CacheDirectory {

    private static final Set<PosixFilePermission> OURS_OPEN_TO_ALL = PosixFilePermissions.fromString("rwxr-xr-x");

    private CacheDirectory() {}

    /** Returns the system property {@code ghidanh.cache} or the platform's usual cache directory. */
    static Path standard() {
        return Optional.ofNullable(System.getProperty("ghidanh.cache"))
                .map(Path::of)
                .orElseGet(() -> platformCache().resolve("ghidanh"))
                .toAbsolutePath();
    }

    /**
     * Returns the preferred directory if every user may pass to it, else one of our own below the temporary directory.
     *
     * @throws StartFailedException if somebody else could write to that one
     */
    static Path openToAll(Path preferred, Path temporary) throws IOException {
        if (isOpenToAll(preferred)) {
            return preferred;
        }
        var directory =
                temporary.resolve("ghidanh-" + System.getProperty("user.name")).toAbsolutePath();
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OURS_OPEN_TO_ALL));
        }
        var attributes = Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        var ours = attributes.owner().getName().equals(System.getProperty("user.name"));
        if (!attributes.isDirectory() || !ours || !OURS_OPEN_TO_ALL.containsAll(attributes.permissions())) {
            throw new StartFailedException("Somebody else has made " + directory + " or can write to it: delete it, or"
                    + " set the system property ghidanh.cache to a directory that every user may enter");
        }
        return directory;
    }

    private static boolean isOpenToAll(Path directory) throws IOException {
        for (var ancestor = directory; ancestor != null; ancestor = ancestor.getParent()) {
            if (Files.exists(ancestor)
                    && !Files.getPosixFilePermissions(ancestor).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                return false;
            }
        }
        return true;
    }

    private static Path platformCache() {
        var home = Path.of(System.getProperty("user.home"));
        return switch (Platform.current().family()) {
            case WINDOWS -> environment("LOCALAPPDATA").orElse(home.resolve("AppData/Local"));
            case MACOS -> home.resolve("Library/Caches");
            case LINUX -> environment("XDG_CACHE_HOME").orElse(home.resolve(".cache"));
        };
    }

    private static Optional<Path> environment(String name) {
        return Optional.ofNullable(System.getenv(name))
                .filter(value -> !value.isBlank())
                .map(Path::of);
    }
}
