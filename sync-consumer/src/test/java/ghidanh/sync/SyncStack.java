package ghidanh.sync;

import ghidanh.event.Entity;
import ghidanh.event.Topics;
import ghidanh.servers.PostgresServer;
import ghidanh.servers.TestServers;
import ghidanh.sql.Migrations;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Real shards, master and Kafka, running sync-consumers, and hands to change rows and send events with. Shards 5433 and 5434
 * are servers of their own; a shard of any other name is a database on the server of 5433, so that a test can have a
 * consumer, and topics, for itself.
 */
public final class SyncStack {

    static final String ROLE_PASSWORD = "of a role";

    static final TestServers SERVERS = TestServers.shared();

    private static final class Shared {
        static final ConfigurableApplicationContext CONSUMER = startReadyConsumer(List.of("5433", "5434"), Map.of());
    }

    private static final class Events {
        static final EventSender SENDER = new EventSender(SERVERS.kafka().bootstrapServers());
    }

    private SyncStack() {}

    /** The consumer of shards 5433 and 5434 that most tests share; started at the first call. */
    static ConfigurableApplicationContext consumer() {
        return Shared.CONSUMER;
    }

    /** Waits until the consumer has set up the master and listens to all its shards. */
    public static ConfigurableApplicationContext startReadyConsumer(List<String> shards, Map<String, Object> settings) {
        ConfigurableApplicationContext consumer = startConsumer(shards, settings);
        Rest rest = Rest.of(consumer);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> rest.get("/actuator/health/readiness").status() == 200
                        && shards.stream()
                                .allMatch(shard -> rest.get("/actuator/health/listeners")
                                        .body()
                                        .path("details")
                                        .has(shard)));
        return consumer;
    }

    static ConfigurableApplicationContext startConsumer(List<String> shards, Map<String, Object> settings) {
        return SyncConsumerApplication.application()
                .run(Stream.concat(
                                Stream.of("--server.port=0", "--management.server.port=0"),
                                Stream.of(arguments(shards, settings)))
                        .toArray(String[]::new));
    }

    /** Makes the shards and says where everything is. */
    static String[] arguments(List<String> shards, Map<String, Object> settings) {
        shards.forEach(SyncStack::makeShard);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("spring.kafka.bootstrap-servers", SERVERS.kafka().bootstrapServers());
        all.put("ghidanh.master.url", SERVERS.master().jdbcUrl(TestServers.DATABASE));
        all.put("ghidanh.master.username", SERVERS.master().user());
        all.put("ghidanh.master.password", SERVERS.master().password());
        all.put("ghidanh.master.roles.sync", ROLE_PASSWORD);
        int university = 1;
        for (String name : shards) {
            PostgresServer cluster = cluster(name);
            String prefix = "ghidanh.shards." + name;
            all.put(prefix + ".universities", university++);
            all.put(prefix + ".url", cluster.jdbcUrl(database(name)));
            all.put(prefix + ".username", cluster.user());
            all.put(prefix + ".password", cluster.password());
            all.put(prefix + ".roles.observer", ROLE_PASSWORD);
            all.put(prefix + ".roles.fdw", ROLE_PASSWORD);
            all.put(prefix + ".fdw-host", cluster.fdwHost());
            all.put(prefix + ".fdw-port", cluster.fdwPort());
            all.put(prefix + ".fdw-database", database(name));
        }
        all.putAll(settings);
        return all.entrySet().stream()
                .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
                .toArray(String[]::new);
    }

    static void makeShard(String name) {
        PostgresServer cluster = cluster(name);
        cluster.createDatabaseIfMissing(database(name));
        try {
            Migrations.SHARD.migrate(cluster.dataSource(database(name)));
            openLogins(cluster);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As registration-service does, which is not here. */
    private static void openLogins(PostgresServer cluster) throws SQLException {
        try (Connection owner = cluster.connect("postgres");
                Statement statement = owner.createStatement()) {
            statement.execute("alter role ghidanh_observer login password '" + ROLE_PASSWORD + "'");
            statement.execute("alter role ghidanh_fdw login password '" + ROLE_PASSWORD + "'");
        }
    }

    private static PostgresServer cluster(String shard) {
        return SERVERS.shard(SERVERS.shards().containsKey(shard) ? shard : "5433");
    }

    private static String database(String shard) {
        return SERVERS.shards().containsKey(shard) ? TestServers.DATABASE : shard;
    }

    static JdbcClient master() {
        return jdbc(SERVERS.master(), TestServers.DATABASE);
    }

    static JdbcClient shard(String name) {
        return jdbc(cluster(name), database(name));
    }

    static Connection connect(String shard) throws SQLException {
        return cluster(shard).dataSource(database(shard)).getConnection();
    }

    private static JdbcClient jdbc(PostgresServer cluster, String database) {
        return JdbcClient.create(cluster.dataSource(database));
    }

    /** The university of all students that tests make. */
    static int university(String shard) {
        shard(shard).sql("""
                        insert into universities (u_id, name, sector)
                        values (1, 'Bách khoa', 'public') on conflict do nothing
                        """).update();
        return 1;
    }

    static int newStudent(String shard) {
        return shard(shard)
                .sql("""
                        insert into students (u_id, fname, mname, lname)
                        values (?, 'Đức', 'Minh', 'Nguyễn') returning stno
                        """)
                .param(university(shard))
                .query(Integer.class)
                .single();
    }

    static int newSection(String shard) {
        return newSection(shard, UUID.randomUUID().toString());
    }

    static int newSection(String shard, String hall) {
        shard(shard)
                .sql("insert into courses (c_no, c_name, credits) values (1, 'Giải tích', 3) on conflict do nothing")
                .update();
        return shard(shard).sql("""
                        insert into sections (year, semester, time, hall, c_no, capacity)
                        values (2026, 1, 'Mon 07:00', ?, 1, 1000000) returning sec_no
                        """).param(hall).query(Integer.class).single();
    }

    static long register(String shard, int stno, int secNo) {
        return shard(shard)
                .sql("insert into registrations (stno, sec_no) values (?, ?) returning reg_id")
                .params(stno, secNo)
                .query(Long.class)
                .single();
    }

    static long newRegistration(String shard) {
        return register(shard, newStudent(shard), newSection(shard));
    }

    static void send(String shard, Entity entity, long id) {
        Events.SENDER.send(shard, entity, id);
    }

    static void sendRaw(String shard, String key, String value) {
        sendRaw(shard, key, value.getBytes(StandardCharsets.UTF_8));
    }

    static void sendRaw(String shard, String key, byte[] value) {
        Events.SENDER.sendRaw(shard, key, value);
    }

    static boolean isOnMaster(String shard, long regId) {
        return master().sql("select count(*) from registrations where shard_name = ? and shard_reg_id = ?")
                        .params(shard, regId)
                        .query(Long.class)
                        .single()
                == 1;
    }

    static boolean isMarked(String shard, long regId) {
        return shard(shard)
                .sql("select synced_at is not null from registrations where reg_id = ?")
                .param(regId)
                .query(Boolean.class)
                .single();
    }

    static long unmarked(String shard) {
        return shard(shard)
                .sql("select count(*) from registrations where synced_at is null")
                .query(Long.class)
                .single();
    }

    /** Everything in a shard's dead letter topic. */
    static List<ConsumerRecord<byte[], byte[]>> deadLetters(String shard) {
        return records(Topics.deadLetters(shard));
    }

    /** Everything in a topic. */
    static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        Map<String, Object> config = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, SERVERS.kafka().bootstrapServers(),
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (var consumer = new KafkaConsumer<byte[], byte[]>(config)) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }
}
