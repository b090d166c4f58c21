package ghidanh.embedded;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What a stack of a master, shards and Kafka consists of.
 *
 * @param directory holds all data and logs, a folder per server
 * @param shards names of the shards, made of letters, digits, {@code _} and {@code -}
 * @param ports how the ports are chosen
 * @param postgresParameters server settings of all clusters
 * @param masterPassword of the user {@code postgres} on the master; applies when the directory is initialized
 * @param shardPassword of the user {@code postgres} on every shard
 */
public record StackSettings(
        Path directory,
        List<String> shards,
        PortChoice ports,
        Map<String, String> postgresParameters,
        String masterPassword,
        String shardPassword) {

    /** How a stack chooses its ports. */
    public enum PortChoice {
        /**
         * 5432 for the master, its name for a shard named like a port, else the next after the master's, 9092 for
         * Kafka; the next free one where one is taken.
         */
        USUAL,
        /** Any free port. */
        RANDOM
    }

    public StackSettings {
        directory = directory.toAbsolutePath().normalize();
        shards = List.copyOf(shards);
        postgresParameters = Map.copyOf(postgresParameters);
        for (var name : shards) {
            if (!name.matches("[A-Za-z0-9_-]+")) {
                throw new IllegalArgumentException("Not a shard's name: \"" + name + "\"");
            }
        }
        if (new HashSet<>(shards).size() < shards.size()) {
            throw new IllegalArgumentException("A shard is named twice: " + shards);
        }
    }

    /** The shards 5433 and 5434, usual ports and a random password: for a directory that is used once. */
    public static StackSettings in(Path directory) {
        var password = UUID.randomUUID().toString();
        return new StackSettings(directory, List.of("5433", "5434"), PortChoice.USUAL, Map.of(), password, password);
    }

    public StackSettings withShards(List<String> names) {
        return new StackSettings(directory, names, ports, postgresParameters, masterPassword, shardPassword);
    }

    public StackSettings withPorts(PortChoice choice) {
        return new StackSettings(directory, shards, choice, postgresParameters, masterPassword, shardPassword);
    }

    public StackSettings withPostgresParameters(Map<String, String> parameters) {
        return new StackSettings(directory, shards, ports, parameters, masterPassword, shardPassword);
    }

    public StackSettings withPasswords(String master, String shard) {
        return new StackSettings(directory, shards, ports, postgresParameters, master, shard);
    }

    PostgresSettings master() {
        return postgres("master", masterPassword);
    }

    PostgresSettings shard(String name) {
        return postgres("shard-" + name, shardPassword);
    }

    private PostgresSettings postgres(String folder, String password) {
        return PostgresSettings.in(directory.resolve(folder))
                .withPassword(password)
                .withParameters(postgresParameters);
    }

    KafkaSettings kafka() {
        return KafkaSettings.in(directory.resolve("kafka"));
    }

    StackPorts choosePorts() {
        return switch (ports) {
            case USUAL -> StackPorts.usual(shards);
            case RANDOM -> StackPorts.random(shards);
        };
    }
}
