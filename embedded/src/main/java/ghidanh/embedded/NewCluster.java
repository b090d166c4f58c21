package ghidanh.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes data directories: {@code initdb} runs once per version, its result is kept in the cache and copied.
 *
 * <p>A copy costs a fraction of {@code initdb}. Clusters made from one template have the same system identifier, which
 * matters to physical replication only.
 */
record NewCluster(PostgresTools tools, Path cache) {

    /** The server's settings file that is written at every start; {@code postgresql.conf} includes it. */
    static final String OWN_CONFIGURATION = "ghidanh.conf";

    private static final Object TEMPLATE = new Object();

    // One call for the whole file system instead of one for each of a thousand files: 0.1 s against 0.6 s.
    private static final String SYNC =
            "--sync-method=" + (Platform.current().family() == Platform.Family.LINUX ? "syncfs" : "fsync");

    /**
     * Makes a cluster.
     *
     * @param data appears when it is complete, and is on disk by then
     * @param password of the user {@code postgres}
     */
    void make(Path data, String password) throws IOException {
        var partial = data.resolveSibling("data.partial");
        Trees.delete(partial); // of a killed run
        if (Platform.current().family() == Platform.Family.WINDOWS) {
            // An administrator may run initdb and pg_ctl, which give up their rights, but not the server itself.
            initialize(partial, password);
        } else {
            copy(template(), partial, password);
        }
        Files.move(partial, data, StandardCopyOption.ATOMIC_MOVE);
    }

    private void copy(Path template, Path target, String password) throws IOException {
        Trees.copy(template, target);
        tools.user().own(target);
        setPassword(target, password);
        expectSuccess(tools.initdb(List.of("--sync-only", SYNC, "--pgdata=" + target)), target);
    }

    /** Gives the user {@code postgres} of a cluster that does not run another password. */
    void setPassword(Path data, String password) throws IOException {
        var alterRole = "alter role postgres password '" + password.replace("'", "''") + "'\n";
        expectSuccess(tools.singleUser(data, alterRole), data);
    }

    private Path template() throws IOException {
        synchronized (TEMPLATE) {
            var template = cache.resolve("template-" + tools.binaries().home().getFileName());
            if (!Files.isDirectory(template)) {
                var partial = Files.createTempDirectory(cache, ".template-");
                try {
                    initialize(partial, UUID.randomUUID().toString()); // nobody is told; every copy gets its own
                    Trees.moveUnlessPresent(partial, template);
                } finally {
                    Trees.delete(partial);
                }
            }
            return template;
        }
    }

    private void initialize(Path target, String password) throws IOException {
        Files.createDirectories(target);
        var passwordFile = Files.createTempFile(cache, ".password-", "");
        try {
            Files.writeString(passwordFile, password);
            tools.user().own(target);
            tools.user().own(passwordFile);
            expectSuccess(tools.initdb(options(target, passwordFile)), target);
        } finally {
            Files.delete(passwordFile);
        }
        var configuration = target.resolve("postgresql.conf");
        var include = "\ninclude_if_exists = '" + OWN_CONFIGURATION + "'\n";
        Files.writeString(configuration, Files.readString(configuration) + include);
    }

    private static List<String> options(Path data, Path password) {
        var options = new ArrayList<>(List.of(
                "--pgdata=" + data,
                "--username=postgres",
                "--pwfile=" + password,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                SYNC));
        characterType().ifPresent(options::add);
        return options;
    }

    // pg_trgm and text search still ask the C library what a letter is; under plain "C" only ASCII would count.
    private static Optional<String> characterType() {
        return switch (Platform.current().family()) {
            case LINUX -> Optional.of("--lc-ctype=C.UTF-8");
            case MACOS -> Optional.of("--lc-ctype=en_US.UTF-8");
            case WINDOWS -> Optional.empty();
        };
    }

    private void expectSuccess(Command command, Path directory) {
        if (!command.succeeded()) {
            throw new StartFailedException("Cannot make a PostgreSQL cluster in " + directory + " with "
                    + tools.binaries().home() + ": both must be open to the user it runs as, on a disk with 100 MB to"
                    + " spare.\n" + command.output());
        }
    }
}
