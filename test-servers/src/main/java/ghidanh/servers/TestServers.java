package ghidanh.servers;

import ghidanh.embedded.Parallel;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/** A master, shards and Kafka for a test, all running and at first empty. */
public final class TestServers implements AutoCloseable {

    /** The database on every server. */
    public static final String DATABASE = "enrollment_db";

    // What a killed server has written the machine still has: only a crash of the machine would need fsync.
    private static final Map<String, String> SMALL = Map.of("shared_buffers", "32MB", "fsync", "off");

    private static final class Shared {
        static final TestServers SERVERS = Chosen.INFRASTRUCTURE.shared();
    }

    private static final class Chosen {
        static final Infrastructure INFRASTRUCTURE = Infrastructure.chosen();
    }

    private final PostgresServer master;
    private final Map<String, PostgresServer> shards;
    private final KafkaServer kafka;

    TestServers(PostgresServer master, Map<String, PostgresServer> shards, KafkaServer kafka) {
        this.master = master;
        this.shards = Collections.unmodifiableMap(new LinkedHashMap<>(shards));
        this.kafka = kafka;
    }

    /** Returns the servers that all tests of this JVM share, with shards 5433 and 5434; they end with the JVM. */
    public static TestServers shared() {
        return Shared.SERVERS;
    }

    /** Starts servers of a test's own, for tests that stop some of them or count all rows; the test closes them. */
    public static TestServers start(String... shards) {
        return start(Chosen.INFRASTRUCTURE, List.of(shards));
    }

    static TestServers start(Infrastructure infrastructure, Collection<String> names) {
        var shards = new LinkedHashMap<String, PostgresServer>();
        names.forEach(name -> shards.put(name, infrastructure.postgres(password(), SMALL)));
        var servers = new TestServers(infrastructure.postgres(password(), SMALL), shards, infrastructure.kafka());
        try {
            servers.start();
            return servers;
        } catch (RuntimeException e) {
            try (servers) {
                throw e;
            }
        }
    }

    private void start() {
        var starts = new LinkedHashMap<String, Runnable>();
        starts.put("start " + kafka, kafka::start);
        databases()
                .forEach(server -> starts.put("start " + server, () -> {
                    server.start();
                    server.createDatabaseIfMissing(DATABASE);
                }));
        Parallel.run(starts);
    }

    /** Returns a single server that is not started and has no database yet; the test closes it. */
    public static PostgresServer onePostgres(Map<String, String> parameters) {
        return Chosen.INFRASTRUCTURE.postgres(password(), parameters);
    }

    /** Returns a single broker that is not started; the test closes it. */
    public static KafkaServer oneKafka() {
        return Chosen.INFRASTRUCTURE.kafka();
    }

    private static String password() {
        return UUID.randomUUID().toString();
    }

    public PostgresServer master() {
        return master;
    }

    /**
     * Returns a shard's server.
     *
     * @throws IllegalArgumentException if there is no shard of that name
     */
    public PostgresServer shard(String name) {
        var shard = shards.get(name);
        if (shard == null) {
            throw new IllegalArgumentException("There is no shard " + name + ", only " + shards.keySet());
        }
        return shard;
    }

    /** Returns the shards by name. */
    public Map<String, PostgresServer> shards() {
        return shards;
    }

    public KafkaServer kafka() {
        return kafka;
    }

    private Stream<PostgresServer> databases() {
        return Stream.concat(Stream.of(master), shards.values().stream());
    }

    @Override
    public void close() {
        var stops = new LinkedHashMap<String, Runnable>();
        stops.put("stop " + kafka, kafka::close);
        databases().forEach(server -> stops.put("stop " + server, server::close));
        Parallel.run(stops);
    }
}
