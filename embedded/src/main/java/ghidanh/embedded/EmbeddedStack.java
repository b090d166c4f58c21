package ghidanh.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** A master cluster, shard clusters and a Kafka broker, started and stopped together. Thread-safe. */
public final class EmbeddedStack implements AutoCloseable {

    /** The database on every cluster. */
    public static final String DATABASE = "enrollment_db";

    private final PostgresCluster master;
    private final Map<String, PostgresCluster> shards;
    private final KafkaBroker kafka;

    private EmbeddedStack(StackSettings settings, StackPorts ports) {
        this.master = new PostgresCluster(settings.master().withPort(ports.master()));
        var clusters = new LinkedHashMap<String, PostgresCluster>();
        ports.shards().forEach((name, port) -> {
            clusters.put(name, new PostgresCluster(settings.shard(name).withPort(port)));
        });
        this.shards = Collections.unmodifiableMap(clusters);
        this.kafka = new KafkaBroker(settings.kafka().withPort(ports.kafka()));
    }

    /** As {@link #start(StackSettings, Consumer)} without progress. */
    public static EmbeddedStack start(StackSettings settings) {
        return start(settings, message -> {});
    }

    /**
     * Starts everything at once and makes the database {@value #DATABASE} where it is missing. What a killed run left
     * running in the directory is stopped first.
     *
     * @param progress is told a sentence whenever a server has started, from several threads
     * @throws StartFailedException if something does not start, or another running program uses the directory; what did
     *     start is stopped again
     */
    public static EmbeddedStack start(StackSettings settings, Consumer<String> progress) {
        stopLeftovers(settings);
        var stack = new EmbeddedStack(settings, settings.choosePorts());
        try {
            stack.startDead(progress);
            return stack;
        } catch (RuntimeException e) {
            try (stack) {
                throw e;
            }
        }
    }

    /** Before ports are chosen: a server left over would drive its successor off its port. */
    private static void stopLeftovers(StackSettings settings) {
        try (var stack = new EmbeddedStack(settings, StackPorts.random(settings.shards()))) {
            stack.kafka.own();
            stack.master.own();
            for (var shard : stack.shards.values()) {
                shard.own();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot take over " + settings.directory(), e);
        }
    }

    /**
     * Gives the user {@code postgres} the passwords of the settings in all data of the directory, whoever made them. What
     * runs there is stopped.
     */
    public static void resetPasswords(StackSettings settings) {
        try (var stack = new EmbeddedStack(settings, StackPorts.random(settings.shards()))) {
            for (var cluster : stack.clusters().values()) {
                cluster.resetPassword();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot change passwords in " + settings.directory(), e);
        }
    }

    /** Returns the names of servers that do not run. */
    public Set<String> dead() {
        var dead = new LinkedHashSet<String>();
        if (!kafka.isRunning()) {
            dead.add("Kafka");
        }
        clusters().forEach((name, cluster) -> {
            if (!cluster.isRunning()) {
                dead.add(name);
            }
        });
        return dead;
    }

    /**
     * Starts those that do not run, as {@link #start(StackSettings, Consumer)} does: a cluster whose data are gone begins
     * empty.
     *
     * @throws StartFailedException if one does not start
     */
    public void startDead(Consumer<String> progress) {
        var begin = System.nanoTime();
        var starts = new LinkedHashMap<String, Runnable>();
        starts.put("Kafka", kafka::start);
        clusters()
                .forEach((name, cluster) -> starts.put(name, () -> {
                    cluster.start();
                    cluster.createDatabaseIfMissing(DATABASE);
                }));
        starts.keySet().retainAll(dead());
        starts.replaceAll((name, start) -> () -> {
            start.run();
            var seconds = (System.nanoTime() - begin) / 1e9;
            progress.accept(String.format(Locale.ROOT, "%s is ready after %.1f s", name, seconds));
        });
        Parallel.run(starts);
    }

    private Map<String, PostgresCluster> clusters() {
        var clusters = new LinkedHashMap<String, PostgresCluster>();
        clusters.put("Master", master);
        shards.forEach((name, shard) -> clusters.put("Shard " + name, shard));
        return clusters;
    }

    public PostgresCluster master() {
        return master;
    }

    /**
     * Returns a shard's cluster.
     *
     * @throws IllegalArgumentException if there is no shard of that name
     */
    public PostgresCluster shard(String name) {
        var shard = shards.get(name);
        if (shard == null) {
            throw new IllegalArgumentException("There is no shard " + name + ", only " + shards.keySet());
        }
        return shard;
    }

    /** Returns the shards by name, in the order of the settings. */
    public Map<String, PostgresCluster> shards() {
        return shards;
    }

    public KafkaBroker kafka() {
        return kafka;
    }

    /** Stops everything; the data stay. */
    @Override
    public void close() {
        var stops = new LinkedHashMap<String, Runnable>();
        stops.put("Kafka", kafka::close);
        clusters().forEach((name, cluster) -> stops.put(name, cluster::close));
        Parallel.run(stops);
    }
}
