package ghidanh.registration.outbox;

import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.PostgresCluster;
import ghidanh.embedded.StackSettings;
import ghidanh.event.Headers;
import ghidanh.event.TopicSettings;
import ghidanh.event.Topics;
import ghidanh.shard.Database;
import ghidanh.shard.Shard;
import ghidanh.shard.ShardCatalogue;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.flywaydb.core.Flyway;

/**
 * Measures the relay; run by hand.
 *
 * <ul>
 *   <li>{@code drain rows runs writesPerSecond batchSize...}: how fast a backlog reaches Kafka
 *   <li>{@code lag seconds writesPerSecond deadRows lookBackMillis...}: from commit to a consumer, undisturbed and then
 *       while an open transaction keeps dead rows from being vacuumed, {@code deadRows} of them from the start
 * </ul>
 */
final class RelayMeasurement implements AutoCloseable {

    private static final String SHARD = "5433";

    private final PostgresCluster cluster;
    private final String kafka;
    private final EmbeddedStack stack;
    private final Doorbell doorbell = new Doorbell();
    private final AtomicLong written = new AtomicLong();

    private RelayMeasurement() throws IOException, SQLException {
        var settings = StackSettings.in(Files.createTempDirectory("relay-measurement-"))
                .withPorts(StackSettings.PortChoice.RANDOM)
                .withPostgresParameters(Map.of("shared_buffers", "256MB", "max_wal_size", "4GB"));
        stack = EmbeddedStack.start(settings);
        cluster = stack.shard(SHARD);
        kafka = stack.kafka().bootstrapServers();
        prepare();
    }

    public static void main(String[] args) throws Exception {
        int[] numbers = Arrays.stream(args).skip(1).mapToInt(Integer::parseInt).toArray();
        try (RelayMeasurement measurement = new RelayMeasurement()) {
            if (args[0].equals("drain")) {
                for (int run = 0; run < numbers[1]; run++) {
                    for (int i = 3; i < numbers.length; i++) {
                        measurement.drain(numbers[0], numbers[2], numbers[i]);
                    }
                }
            } else {
                for (int i = 3; i < numbers.length; i++) {
                    measurement.lag(numbers[0], numbers[1], numbers[2], numbers[i]);
                }
            }
        }
    }

    private void prepare() throws SQLException {
        Flyway.configure()
                .dataSource(cluster.jdbcUrl(EmbeddedStack.DATABASE), cluster.user(), cluster.password())
                .locations("classpath:sql/shard")
                .load()
                .migrate();
        execute("""
                insert into universities values (1, 'A', 'public');
                insert into courses values (1, 'C', 3);
                insert into students (u_id, fname, lname) select 1, 'F', 'L' from generate_series(1, 20000);
                insert into sections (year, semester, time, hall, c_no, capacity)
                select 2026, 1, 't' || g, 'h', 1, 1000000 from generate_series(1, 400) g;
                """);
    }

    private void drain(int rows, int writes, int batchSize) throws Exception {
        execute("truncate outbox");
        backlog(rows);
        execute("vacuum analyze outbox");
        execute("checkpoint");
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Relays relays = relays(batchSize, Duration.ofSeconds(1), registry);
        Timer acknowledged = registry.get("registration.relay.publish")
                .tag("result", "acknowledged")
                .timer();
        try (Writer writer = new Writer(writes, Math.max(1, writes / 100))) {
            long start = System.nanoTime();
            relays.start();
            while (acknowledged.count() < rows) {
                Thread.sleep(5);
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    "batch size %d, %.0f written/s: %.0f rows/s (claim %.1f ms, acknowledgement %.1f ms on average)%n",
                    batchSize,
                    writer.count() / seconds,
                    acknowledged.count() / seconds,
                    registry.get("registration.relay.poll")
                            .tag("outcome", "rows")
                            .timer()
                            .mean(TimeUnit.MILLISECONDS),
                    acknowledged.mean(TimeUnit.MILLISECONDS));
        }
        relays.stop();
    }

    private void lag(int seconds, int writes, int deadRows, int lookBackMillis) throws Exception {
        execute("truncate outbox");
        execute("vacuum analyze outbox");
        execute("checkpoint");
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Relays relays = relays(2000, Duration.ofMillis(lookBackMillis), registry);
        relays.start();
        backlog(1);
        awaitEmptyOutbox();
        try (Connection reader = cluster.connect(EmbeddedStack.DATABASE)) {
            try (Writer writer = new Writer(writes, 1)) {
                consume(seconds / 4, "warm-up", lookBackMillis);
                consume(Math.min(seconds, 30), "undisturbed", lookBackMillis);
                reader.setAutoCommit(false);
                reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                reader.createStatement().execute("select count(*) from students");
                backlog(deadRows);
                awaitEmptyOutbox();
                for (int part = 0; part < 3; part++) {
                    consume(seconds / 3, "transaction open, part " + (part + 1), lookBackMillis);
                }
                System.out.printf("  %d written%n", writer.count());
            }
        }
        relays.stop();
    }

    private void consume(int seconds, String what, int lookBackMillis) {
        List<Long> micros = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, 3)
                    .mapToObj(partition -> new TopicPartition(Topics.events(SHARD), partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            long cpu = relayCpu();
            long end = System.nanoTime() + seconds * 1_000_000_000L;
            while (System.nanoTime() < end) {
                var records = consumer.poll(Duration.ofMillis(100));
                long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
                records.forEach(event -> micros.add(now
                        - Long.parseLong(new String(
                                event.headers().lastHeader(Headers.COMMITTED).value(), StandardCharsets.UTF_8))));
            }
            Collections.sort(micros);
            int count = micros.size();
            System.out.printf(
                    "look back %d ms, %s: %d events, p50 %.1f ms, p95 %.1f, p99 %.1f, max %.1f; backend of the relay %.1f %% of a core%n",
                    lookBackMillis,
                    what,
                    count,
                    micros.get(count / 2) / 1e3,
                    micros.get(count * 95 / 100) / 1e3,
                    micros.get(count * 99 / 100) / 1e3,
                    micros.get(count - 1) / 1e3,
                    (relayCpu() - cpu) * 100.0 / seconds / 100);
        }
    }

    /** CPU time of the relay's backend in ticks of 10 ms (Linux). */
    private long relayCpu() {
        try (Connection connection = cluster.connect(EmbeddedStack.DATABASE);
                var result = connection
                        .createStatement()
                        .executeQuery(
                                "select pid from pg_stat_activity where application_name = 'relay-" + SHARD + "'")) {
            result.next();
            String[] stat = Files.readString(java.nio.file.Path.of("/proc/" + result.getInt(1) + "/stat"))
                    .replaceFirst(".*\\) ", "")
                    .split(" ", -1);
            return Long.parseLong(stat[11]) + Long.parseLong(stat[12]);
        } catch (SQLException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Relays relays(int batchSize, Duration lookBack, SimpleMeterRegistry registry) {
        Shard shard = new Shard(
                SHARD,
                SHARD,
                List.of(),
                new Database(cluster.jdbcUrl(EmbeddedStack.DATABASE), cluster.user(), cluster.password()),
                new Shard.Fdw("localhost", cluster.port(), EmbeddedStack.DATABASE));
        RelaySettings settings = new RelaySettings(
                true,
                batchSize,
                Duration.ofMillis(200),
                Duration.ofMillis(10),
                lookBack,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ZERO,
                Duration.ofMillis(100),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5));
        Map<String, Object> address = Map.of("bootstrap.servers", kafka);
        return new Relays(
                new ShardCatalogue(List.of(shard)),
                settings,
                new KafkaAccess(address, address),
                new TopicSettings(3, (short) 1),
                doorbell,
                registry,
                Clock.systemUTC());
    }

    private void backlog(int rows) throws SQLException {
        execute("insert into outbox (entity, entity_id) select 'registration', g from generate_series(1, " + rows
                + ") g");
    }

    private void awaitEmptyOutbox() throws SQLException, InterruptedException {
        boolean empty = false;
        while (!empty) {
            Thread.sleep(100);
            try (Connection connection = cluster.connect(EmbeddedStack.DATABASE);
                    var result = connection.createStatement().executeQuery("select count(*) < 20 from outbox")) {
                result.next();
                empty = result.getBoolean(1);
            }
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = cluster.connect(EmbeddedStack.DATABASE);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        stack.close();
    }

    /** Registers students over one connection at a given pace: 0 for none, -1 for as fast as it goes. */
    private final class Writer implements AutoCloseable {

        private final int perSecond;
        private final int size;
        private final long first = written.get();
        private final Thread thread = new Thread(this::write, "writer");
        private volatile boolean end;

        Writer(int perSecond, int size) {
            this.perSecond = perSecond;
            this.size = perSecond < 0 ? 50 : size;
            if (perSecond != 0) {
                thread.start();
            }
        }

        long count() {
            return written.get() - first;
        }

        private void write() {
            try (Connection connection = cluster.connect(EmbeddedStack.DATABASE);
                    var statement = connection.prepareStatement("""
                            select count(*)
                              from register_students(
                                  array(select (n % 20000 + 1)::integer from generate_series(?, ? + ? - 1) n),
                                  array(select (n / 20000 + 1)::integer from generate_series(?, ? + ? - 1) n))
                            """)) {
                long start = System.nanoTime();
                while (!end) {
                    for (int i = 1; i <= 6; i++) {
                        statement.setLong(i, i % 3 == 0 ? size : written.get());
                    }
                    statement.executeQuery().close();
                    doorbell.ring(SHARD);
                    written.addAndGet(size);
                    if (perSecond > 0) {
                        long due = start + count() * 1_000_000_000L / perSecond;
                        TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
                    }
                }
            } catch (SQLException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() throws InterruptedException {
            end = true;
            thread.join();
        }
    }
}
