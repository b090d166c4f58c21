package ghidanh.embedded;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * As whom PostgreSQL runs, since it refuses to run as root.
 *
 * @param prefix words before every command
 * @param uid who must own its files, or null where ownership is left as it is
 */
record ServerUser(List<String> prefix, @Nullable Integer uid) {

    private static final int ROOT = 0;
    private static final int NOBODY = 65534;

    // In a user namespace without mappings root's processes and root's files both appear as "nobody".
    static final ServerUser ROOT_IN_NAMESPACE = new ServerUser(List.of("unshare", "-U"), ROOT);

    // Keeps the right to pass directories such as /root, which "nobody" may not enter.
    static final ServerUser NOBODY_PASSING_DIRECTORIES = new ServerUser(
            List.of(
                    "setpriv",
                    "--reuid=" + NOBODY,
                    "--regid=" + NOBODY,
                    "--clear-groups",
                    "--inh-caps=+dac_override",
                    "--ambient-caps=+dac_override"),
            NOBODY);

    static final ServerUser PLAIN_NOBODY =
            new ServerUser(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"), NOBODY);

    private static @Nullable ServerUser current;

    /**
     * Returns the user for this process's servers.
     *
     * @throws StartFailedException if this is root and no way around it works here
     */
    static synchronized ServerUser current() {
        if (current == null) {
            current = find();
        }
        return current;
    }

    static boolean isRoot() {
        return Platform.current().family() != Platform.Family.WINDOWS && new UnixSystem().getUid() == ROOT;
    }

    private static ServerUser find() {
        if (!isRoot()) {
            return new ServerUser(List.of(), null);
        }
        return List.of(ROOT_IN_NAMESPACE, NOBODY_PASSING_DIRECTORIES, PLAIN_NOBODY).stream()
                .filter(ServerUser::works)
                .findFirst()
                .orElseThrow(
                        () -> new StartFailedException("PostgreSQL refuses to run as root, and here root may neither"
                                + " create a user namespace (unshare -U) nor become \"nobody\" (setpriv)."
                                + " Run as an ordinary user, or install util-linux"));
    }

    boolean works() {
        try {
            var words = new ArrayList<>(prefix);
            words.add("true");
            return Command.run(words).succeeded();
        } catch (IOException e) {
            return false; // the tool is not installed
        }
    }

    /** Returns the cache, or another one if this user could not run programs from it. */
    Path cache(Path preferred) throws IOException {
        var temporary = Path.of(System.getProperty("java.io.tmpdir"));
        return uid == null || uid == ROOT ? preferred : CacheDirectory.openToAll(preferred, temporary);
    }

    /** Gives a file, or a directory and what it contains, to this user, also if an earlier run left it to another. */
    void own(Path root) throws IOException {
        if (uid == null || uid.equals(Files.getAttribute(root, "unix:uid"))) {
            return;
        }
        // The directory itself last: an interrupted run is then taken up again.
        for (var path : Trees.childrenFirst(root)) {
            Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", uid, LinkOption.NOFOLLOW_LINKS);
        }
    }
}
