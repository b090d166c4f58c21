package ghidanh.embedded;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Where and how a PostgreSQL cluster runs.
 *
 * @param directory holds the data and the server's log; a directory with data is started, an empty one is initialized
 * @param port TCP port on 127.0.0.1; 0 picks a free one at every start
 * @param password of the user {@code postgres}; applies when the directory is initialized
 * @param parameters server settings, over the ones of {@link PostgresCluster}
 * @param environment variables of the server's processes, over those of this one
 * @param cache where the binaries are unpacked, once per version
 */
public record PostgresSettings(
        Path directory,
        int port,
        String password,
        Map<String, String> parameters,
        Map<String, String> environment,
        Path cache) {

    public PostgresSettings {
        directory = directory.toAbsolutePath().normalize();
        parameters = Map.copyOf(parameters);
        environment = Map.copyOf(environment);
    }

    /** A free port, a random password, no further parameters and the user's cache directory. */
    public static PostgresSettings in(Path directory) {
        return new PostgresSettings(
                directory, 0, UUID.randomUUID().toString(), Map.of(), Map.of(), CacheDirectory.standard());
    }

    public PostgresSettings withPort(int newPort) {
        return new PostgresSettings(directory, newPort, password, parameters, environment, cache);
    }

    public PostgresSettings withPassword(String newPassword) {
        return new PostgresSettings(directory, port, newPassword, parameters, environment, cache);
    }

    /** Adds to the parameters. */
    public PostgresSettings withParameters(Map<String, String> more) {
        var all = new LinkedHashMap<>(parameters);
        all.putAll(more);
        return new PostgresSettings(directory, port, password, all, environment, cache);
    }

    public PostgresSettings withEnvironment(Map<String, String> newEnvironment) {
        return new PostgresSettings(directory, port, password, parameters, newEnvironment, cache);
    }

    public PostgresSettings withCache(Path newCache) {
        return new PostgresSettings(directory, port, password, parameters, environment, newCache);
    }
}
