package ghidanh.embedded;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where and how a Kafka broker runs.
 *
 * @param directory holds the topics and the broker's log; a directory with topics is started, an empty one is formatted
 * @param port TCP port for clients on 127.0.0.1; 0 picks a free one at every start
 * @param properties broker settings, over the ones of {@link KafkaBroker}
 * @param jvmOptions of the broker's JVM
 * @param cache where the archive of loaded classes is kept, which halves the start
 */
public record KafkaSettings(
        Path directory, int port, Map<String, String> properties, List<String> jvmOptions, Path cache) {

    // Client compilation and the serial collector: on two cores the quickest start and the smallest process.
    private static final List<String> SMALL_JVM =
            List.of("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    public KafkaSettings {
        directory = directory.toAbsolutePath().normalize();
        properties = Map.copyOf(properties);
        jvmOptions = List.copyOf(jvmOptions);
    }

    /** A free port, no further properties, a small JVM and the user's cache directory. */
    public static KafkaSettings in(Path directory) {
        return new KafkaSettings(directory, 0, Map.of(), SMALL_JVM, CacheDirectory.standard());
    }

    public KafkaSettings withPort(int newPort) {
        return new KafkaSettings(directory, newPort, properties, jvmOptions, cache);
    }

    /** Adds to the properties. */
    public KafkaSettings withProperties(Map<String, String> more) {
        var all = new LinkedHashMap<>(properties);
        all.putAll(more);
        return new KafkaSettings(directory, port, all, jvmOptions, cache);
    }

    /** Replaces the options of the broker's JVM. */
    public KafkaSettings withJvmOptions(List<String> newOptions) {
        return new KafkaSettings(directory, port, properties, newOptions, cache);
    }

    public KafkaSettings withCache(Path newCache) {
        return new KafkaSettings(directory, port, properties, jvmOptions, newCache);
    }
}
