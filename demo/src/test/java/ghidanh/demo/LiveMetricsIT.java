package ghidanh.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ghidanh.access.UserRole;
import ghidanh.demo.Prometheus.Alert;
import ghidanh.demo.Scrape.Sample;
import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.PostgresCluster;
import ghidanh.embedded.StackSettings.PortChoice;
import ghidanh.event.ChangeEvent;
import ghidanh.event.Entity;
import ghidanh.event.EventJson;
import ghidanh.event.Topics;
import ghidanh.event.TraceParent;
import ghidanh.servers.Frozen;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Dashboards and alerts against the running system and a real Prometheus. */
@TestMethodOrder(OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // started before the first test
class LiveMetricsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final int REGISTRATIONS = 400;
    /** A student and a section on each shard that are for trials alone. */
    private static final int PROBE = 900_000;

    /** In no scrape of a healthy system: the meter is made when it is first needed. */
    private static final Map<String, String> ONLY_AFTER_TROUBLE = Map.of(
            "registration_sync_retries_total", "made by the first batch that is left for later",
            "jvm_gc_pause_seconds_sum", "made by the first collection");

    /** Of ours, in no dashboard or rule on purpose. */
    private static final Map<String, String> NOT_SHOWN = Map.of();

    private static final Set<String> ALLOWED_TAGS = Set.of(
            "shard",
            "stage",
            "outcome",
            "reason",
            "result",
            "kind",
            "node",
            "operation",
            "partition",
            "topic",
            "version",
            "revision");
    /** As many as there are reasons for a refusal, and some more. */
    private static final int FEW = 30;

    /** Of all requests of the load: sampled, so each may become an exemplar. */
    private static final TraceParent TRACE =
            new TraceParent("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", true);

    private static final GrafanaFiles FILES = GrafanaFiles.read();

    private static Demo demo;
    private static Prometheus prometheus;
    private static Load load;
    /** The consumer's figures before the load: the sample itself is on its way for as long as the start takes. */
    private static Scrape before;

    /** Students of shard 5433 and 5434 that are registered for sections that have room. */
    private static final class Load {

        private final List<String> bodies = new ArrayList<>();
        private int next;

        Load() throws Exception {
            for (Map.Entry<String, PostgresCluster> shard :
                    demo.stack().shards().entrySet()) {
                query(
                        shard.getValue(),
                        """
                        select st.stno, s.sec_no
                          from (select stno, row_number() over (order by stno) as n from students) st
                          join (select sec_no, row_number() over (order by sec_no) as n, count(*) over () as many
                                  from sections where enrolled < capacity - 8) s on s.n = st.n % s.many + 1
                         where not exists (select from registrations r where r.stno = st.stno and r.sec_no = s.sec_no)
                         order by st.stno
                         limit 2000
                        """,
                        row -> bodies.add("{\"shard\":\"%s\",\"stno\":%d,\"secNo\":%d}"
                                .formatted(shard.getKey(), row.getInt(1), row.getInt(2))));
            }
            Collections.shuffle(bodies, new Random(17));
        }

        /** A few registrations at the same time, and a look at the list. */
        void step(int requests) {
            Stream<HttpRequest> posts = bodies.subList(next, next += requests).stream()
                    .map(body -> request("api/registrations")
                            .header("Content-Type", "application/json")
                            .header("traceparent", TRACE.text())
                            .POST(BodyPublishers.ofString(body))
                            .build());
            Stream.concat(posts, Stream.of(request("api/registrations?limit=5").build()))
                    .map(request -> HTTP.sendAsync(request, BodyHandlers.ofString()))
                    .toList()
                    .forEach(answer -> assertThat(answer.join().statusCode())
                            .as(answer.join().body())
                            .isIn(200, 201, 409));
        }
    }

    private interface Rows {
        void row(ResultSet row) throws Exception;
    }

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        assumeTrue(Prometheus.isInstalled(), Prometheus.MISSING);
        demo = Demo.start(
                new DemoSettings(
                        directory.resolve("demo"),
                        false,
                        PortChoice.RANDOM,
                        List.of(
                                "--ghidanh.sync.observe.interval=500ms",
                                "--ghidanh.sync.observe.patience=2s",
                                "--ghidanh.registration.probe.interval=2s",
                                "--ghidanh.registration.probe.seats.5433.stno=" + PROBE,
                                "--ghidanh.registration.probe.seats.5433.sec-no=" + PROBE,
                                "--ghidanh.registration.probe.seats.5434.stno=" + PROBE,
                                "--ghidanh.registration.probe.seats.5434.sec-no=" + PROBE)),
                System.out::println);
        prometheus = Prometheus.start(
                Files.createDirectory(directory.resolve("prometheus")),
                Map.of(
                        "registration-service", URI.create(demo.registrationActuatorUrl()),
                        "sync-consumer", URI.create(demo.syncActuatorUrl())),
                demo.accounts().password(UserRole.METRICS),
                quickRules(Files.createDirectory(directory.resolve("rules"))));
        load = new Load();
        for (Map.Entry<String, PostgresCluster> shard : demo.stack().shards().entrySet()) {
            sql(shard.getValue()).sql("""
                    insert into students (stno, u_id, lname, fname)
                    select :number, min(u_id), 'Đăng ký', 'Thử' from universities
                    """).param("number", PROBE).update();
            sql(shard.getValue())
                    .sql("""
                    insert into sections (sec_no, year, semester, time, hall, c_no, capacity)
                    select :number, 2026, 1, 'T2 1-3', 'Thử ' || :shard, min(c_no), 1 from courses
                    """)
                    .param("number", PROBE)
                    .param("shard", shard.getKey())
                    .update();
        }
        await().atMost(PATIENCE).until(prometheus::isReady);
    }

    @AfterAll
    static void stop() throws Exception {
        // Either is missing where the start failed or was skipped.
        if (prometheus != null) {
            prometheus.close();
        }
        if (demo != null) {
            demo.close();
        }
    }

    /** The rules as they are, but for times that a test can wait for. */
    private static List<Path> quickRules(Path directory) throws Exception {
        List<Path> quick = new ArrayList<>();
        for (Path file : FILES.ruleFiles()) {
            String rules = GrafanaFiles.text(file)
                    .replaceAll("interval: (15s|1m)", "interval: 1s")
                    .replaceAll("for: \\d+m", "for: 2s")
                    .replace(
                            "registration_sync_oldest_unsynced_age_seconds) > 60",
                            "registration_sync_oldest_unsynced_age_seconds) > 3")
                    .replace("topic!~\".*-dlt\"}[1m]", "topic!~\".*-dlt\"}[5s]")
                    .replace("registration_sync_events_total[1m]", "registration_sync_events_total[5s]")
                    .replace(
                            "registration_sync_observed_timestamp_seconds) <= 60",
                            "registration_sync_observed_timestamp_seconds) <= 5");
            quick.add(Files.writeString(directory.resolve(file.getFileName()), rules));
        }
        return quick;
    }

    @Test
    @Order(1)
    void prometheus_scrapes_both_services() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(prometheus.targets())
                        .containsExactlyInAnyOrder("registration-service up ", "sync-consumer up "));
    }

    @Test
    @Order(2)
    void every_query_of_every_panel_returns_data_under_load() throws Exception {
        awaitNothingUnsynced();
        before = scrape(demo.syncActuatorUrl());
        for (int i = 0; i < REGISTRATIONS; i += 20) {
            load.step(20);
        }
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
            load.step(5);
            assertThat(emptyQueries()).isEmpty();
        });
    }

    private static List<String> emptyQueries() {
        return FILES.queries().stream()
                .filter(query -> !query.mayBeEmpty())
                .filter(query -> prometheus.values(query.expression()).stream().allMatch(value -> value.isNaN()))
                .map(query ->
                        query.dashboard() + " '" + query.panel() + "' " + query.refId() + ": " + query.expression())
                .toList();
    }

    @Test
    @Order(3)
    void every_metric_that_is_read_exists_and_every_one_of_ours_is_read() throws Exception {
        Set<String> scraped =
                new TreeSet<>(scrape(demo.registrationActuatorUrl()).names());
        scraped.addAll(scrape(demo.syncActuatorUrl()).names());

        Set<String> read = FILES.metricNames();
        assertThat(read)
                .filteredOn(name -> !ONLY_AFTER_TROUBLE.containsKey(name))
                .isSubsetOf(scraped);
        assertThat(read).containsAll(ONLY_AFTER_TROUBLE.keySet());

        Set<String> readFamilies = families(read);
        assertThat(families(scraped))
                .filteredOn(name -> name.startsWith("registration_") && !NOT_SHOWN.containsKey(name))
                .isSubsetOf(readFamilies);
    }

    @Test
    @Order(3)
    void prometheus_has_the_trace_of_a_request_as_exemplar_of_its_lag_and_of_its_answer_time() {
        for (String histogram :
                List.of("registration_sync_lag_seconds_bucket", "http_server_requests_seconds_bucket")) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(prometheus.exemplarTraces(histogram))
                            .as(histogram)
                            .contains(TRACE.traceId()));
        }
    }

    @Test
    @Order(3)
    void tags_are_the_allowed_ones_and_have_few_values() throws Exception {
        List<Sample> own = Stream.of(scrape(demo.registrationActuatorUrl()), scrape(demo.syncActuatorUrl()))
                .flatMap(scrape -> scrape.samples().stream())
                .filter(sample -> sample.name().startsWith("registration_"))
                .toList();
        Map<String, Set<String>> values = new TreeMap<>();
        own.forEach(sample -> sample.labels()
                .forEach((key, value) ->
                        values.computeIfAbsent(key, any -> new TreeSet<>()).add(value)));
        values.remove("le");

        assertThat(values.keySet()).contains("shard", "stage").isSubsetOf(ALLOWED_TAGS);
        assertThat(values).allSatisfy((key, some) -> assertThat(some).as(key).hasSizeLessThanOrEqualTo(FEW));
    }

    @Test
    @Order(4)
    void the_stages_of_a_real_scrape_add_up_to_the_lag() throws Exception {
        endTrials();
        awaitNothingUnsynced();
        Scrape scrape = scrape(demo.syncActuatorUrl());
        for (String shard : demo.stack().shards().keySet()) {
            Map<String, String> labels = Map.of("shard", shard);
            double lag = scrape.sum("registration_sync_lag_seconds_sum", labels);
            double stages = scrape.sum("registration_sync_stage_seconds_sum", labels);
            System.out.println(tableRow(scrape, shard));
            assertThat(stages).isFinite().isPositive().isCloseTo(lag, within(1e-6));
            assertThat(scrape.sum("registration_sync_stage_seconds_count", labels))
                    .isFinite()
                    .isPositive()
                    .isEqualTo(5 * scrape.sum("registration_sync_lag_seconds_count", labels));
        }
        System.out.println("clamped: " + scrape.sum("registration_sync_clock_clamped_total", Map.of()));
    }

    /** Nothing may move while the sums are read. */
    private static void endTrials() {
        for (PostgresCluster shard : demo.stack().shards().values()) {
            await().atMost(PATIENCE)
                    .until(() -> sql(shard)
                                    .sql("update sections set capacity = 0 where sec_no = :number and enrolled = 0")
                                    .param("number", PROBE)
                                    .update()
                            == 1);
        }
    }

    /** Read from the services, not from Prometheus, whose newest sample may be from before. */
    private static void awaitNothingUnsynced() {
        await().atMost(PATIENCE).until(() -> {
            Scrape sync = scrape(demo.syncActuatorUrl());
            return sync.sum("registration_sync_unsynced_rows", Map.of()) == 0
                    && sync.sum("registration_consumer_group_lag_records", Map.of()) == 0
                    && sync.sum("registration_outbox_backlog_rows", Map.of()) == 0;
        });
    }

    /** What the load added: a line for docs/observability.md. */
    private static String tableRow(Scrape after, String shard) {
        StringBuilder row = new StringBuilder("| " + shard);
        double sum = 0;
        for (String stage : List.of("outbox", "relay", "kafka", "consumer", "master")) {
            double seconds =
                    added(after, "registration_sync_stage_seconds_sum", Map.of("shard", shard, "stage", stage));
            sum += seconds;
            row.append(String.format(Locale.ROOT, " | %.6f", seconds));
        }
        double lag = added(after, "registration_sync_lag_seconds_sum", Map.of("shard", shard));
        double rows = added(after, "registration_sync_lag_seconds_count", Map.of("shard", shard));
        return row + String.format(Locale.ROOT, " | %.6f | %.6f | %.6f | %.0f |", sum, lag, sum - lag, rows);
    }

    private static double added(Scrape after, String name, Map<String, String> labels) {
        return after.sum(name, labels) - before.sum(name, labels);
    }

    @Test
    @Order(5)
    void the_stuck_alert_fires_while_a_shard_is_frozen_and_ends_by_itself() throws Exception {
        PostgresCluster shard = demo.stack().shard("5434");
        List<Long> regIds = new ArrayList<>();
        query(shard, "select max(reg_id) from registrations", row -> regIds.add(row.getLong(1)));
        assertThat(prometheus.firing()).noneMatch(alert -> alert.name().equals("SyncStuck"));

        Frozen frozen = Frozen.freeze(shard.pid());
        try {
            // What was in Kafka already when the shard froze.
            send("5434", regIds.get(0));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(prometheus.firing())
                            .contains(new Alert("SyncStuck", "5434", "kafka"))
                            .contains(new Alert("SyncFreshnessUnknown", "5434", ""))
                            .noneMatch(alert -> alert.name().equals("SyncStuck")
                                    && alert.shard().equals("5433")));
        } finally {
            frozen.thaw();
        }

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(prometheus.firing())
                        .noneMatch(alert ->
                                Set.of("SyncStuck", "SyncFreshnessUnknown").contains(alert.name())));
    }

    private static void send(String shard, long regId) throws Exception {
        ChangeEvent event = new ChangeEvent(shard, Entity.REGISTRATION, regId);
        try (var producer = new KafkaProducer<byte[], byte[]>(
                Map.of("bootstrap.servers", demo.stack().kafka().bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            Topics.events(shard), event.key().getBytes(StandardCharsets.UTF_8), EventJson.write(event)))
                    .get();
        }
    }

    private static Set<String> families(Set<String> names) {
        Set<String> families = new TreeSet<>();
        names.forEach(name -> families.add(name.replaceFirst("_(bucket|count|sum|max)$", "")));
        return families;
    }

    private static Scrape scrape(String service) throws Exception {
        return new Scrape(HTTP.send(
                        HttpRequest.newBuilder(URI.create(service + "actuator/prometheus"))
                                .header("Authorization", SignedIn.as(UserRole.METRICS, demo))
                                .build(),
                        BodyHandlers.ofString())
                .body());
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(demo.pageUrl() + path))
                .header("Authorization", SignedIn.as(UserRole.REGISTRAR, demo))
                .timeout(PATIENCE);
    }

    private static JdbcClient sql(PostgresCluster cluster) {
        return JdbcClient.create(cluster.dataSource(EmbeddedStack.DATABASE));
    }

    private static void query(PostgresCluster cluster, String sql, Rows rows) throws Exception {
        try (Connection connection = cluster.connect(EmbeddedStack.DATABASE);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                rows.row(result);
            }
        }
    }
}
