package ghidanh.embedded;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a stack of a master, shards and Kafka consists of.
 *
 * @param directory holds all data and logs, a folder per server
 * @param shards names of the shards, made of letters, digits, {@code _} and {@code -}
 * @param ports how the ports are chosen
 * @param masterPassword of the user {@code postgres} on the master; applies when its data are first made
 * @param shardPassword of the user {@code postgres} on every shard; applies when its data are first made
 * @param postgresParameters server settings of all clusters
 * @param kafkaProperties broker settings
 * @param cache where binaries are unpacked, once per version
 */
public record StackSettings(
        Path directory,
        List<String> shards,
        PortChoice ports,
        String masterPassword,
        String shardPassword,
        Map<String, String> postgresParameters,
        Map<String, String> kafkaProperties,
        Path cache) {

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
        kafkaProperties = Map.copyOf(kafkaProperties);
        for (var name : shards) {
            if (!name.matches("[A-Za-z0-9_-]+")) {
                throw new IllegalArgumentException("Not a shard's name: \"" + name + "\"");
            }
        }
        if (new HashSet<>(shards).size() < shards.size()) {
            throw new IllegalArgumentException("A shard is named twice: " + shards);
        }
    }

    /** The shards 5433 and 5434, usual ports, the walk-through's passwords and the user's cache directory. */
    public static StackSettings in(Path directory) {
        return new StackSettings(
                directory,
                List.of("5433", "5434"),
                PortChoice.USUAL,
                "7363728258",
                "12",
                Map.of(),
                Map.of(),
                CacheDirectory.standard());
    }

    public StackSettings withShards(List<String> names) {
        return new StackSettings(
                directory, names, ports, masterPassword, shardPassword, postgresParameters, kafkaProperties, cache);
    }

    public StackSettings withPorts(PortChoice choice) {
        return new StackSettings(
                directory, shards, choice, masterPassword, shardPassword, postgresParameters, kafkaProperties, cache);
    }

    public StackSettings withPasswords(String master, String shard) {
        return new StackSettings(directory, shards, ports, master, shard, postgresParameters, kafkaProperties, cache);
    }

    /** Adds to the server settings of all clusters. */
    public StackSettings withPostgresParameters(Map<String, String> more) {
        var all = new LinkedHashMap<>(postgresParameters);
        all.putAll(more);
        return new StackSettings(directory, shards, ports, masterPassword, shardPassword, all, kafkaProperties, cache);
    }

    /** Adds to the broker settings. */
    public StackSettings withKafkaProperties(Map<String, String> more) {
        var all = new LinkedHashMap<>(kafkaProperties);
        all.putAll(more);
        return new StackSettings(
                directory, shards, ports, masterPassword, shardPassword, postgresParameters, all, cache);
    }

    public StackSettings withCache(Path newCache) {
        return new StackSettings(
                directory, shards, ports, masterPassword, shardPassword, postgresParameters, kafkaProperties, newCache);
    }

    PostgresSettings master() {
        return postgres("master", masterPassword);
    }

    PostgresSettings shard(String name) {
        return postgres("shard-" + name, shardPassword);
    }

    private PostgresSettings postgres(String folder, String password) {
        return new PostgresSettings(directory.resolve(folder), 0, password, postgresParameters, cache);
    }

    KafkaSettings kafka() {
        return KafkaSettings.in(directory.resolve("kafka"))
                .withProperties(kafkaProperties)
                .withCache(cache);
    }

    StackPorts choosePorts() {
        return switch (ports) {
            case USUAL -> StackPorts.usual(shards);
            case RANDOM -> StackPorts.random(shards);
        };
    }
}
