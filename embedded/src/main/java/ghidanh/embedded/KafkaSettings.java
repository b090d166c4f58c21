package ghidanh.embedded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where and how a Kafka broker runs.
 *
 * @param directory holds the topics and the broker's log; a directory with topics is started, an empty one is formatted
 * @param port TCP port for clients on 127.0.0.1; 0 picks a free one at every start
 * @param listeners more ways in, beside {@code port}
 * @param properties broker settings, over the ones of {@link KafkaBroker}
 */
public record KafkaSettings(Path directory, int port, List<Listener> listeners, Map<String, String> properties) {

    /**
     * A way in for clients that come through something in between, such as a proxy: Kafka tells clients where to connect.
     *
     * @param name of the listener, in capitals
     * @param port on 127.0.0.1
     * @param advertisedPort the port that clients of this listener are told
     */
    public record Listener(String name, int port, int advertisedPort) {}

    public KafkaSettings {
        directory = directory.toAbsolutePath().normalize();
        listeners = List.copyOf(listeners);
        properties = Map.copyOf(properties);
    }

    /** A free port, no further listeners and properties. */
    public static KafkaSettings in(Path directory) {
        return new KafkaSettings(directory, 0, List.of(), Map.of());
    }

    public KafkaSettings withPort(int newPort) {
        return new KafkaSettings(directory, newPort, listeners, properties);
    }

    /** Adds a listener. */
    public KafkaSettings withListener(Listener listener) {
        var all = new ArrayList<>(listeners);
        all.add(listener);
        return new KafkaSettings(directory, port, all, properties);
    }

    /** Adds to the properties. */
    public KafkaSettings withProperties(Map<String, String> more) {
        var all = new LinkedHashMap<>(properties);
        all.putAll(more);
        return new KafkaSettings(directory, port, listeners, all);
    }
}
