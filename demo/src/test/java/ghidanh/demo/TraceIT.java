package ghidanh.demo;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import ghidanh.demo.Servers.Seat;
import ghidanh.event.TraceParent;
import ghidanh.registration.RegistrationServiceApplication;
import ghidanh.servers.ServiceProcess;
import ghidanh.servers.ServiceSettings;
import ghidanh.servers.TestServers;
import ghidanh.sync.SyncConsumerApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The trace of a request, from its header to the log of the sync-consumer, to exemplars and to a collector. Both services run
 * as in containers: in JVMs of their own, with the profile {@code compose}.
 */
@SuppressWarnings("NullAway.Init") // started before the first test
class TraceIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static TestServers stack;
    private static Collector collector;
    private static ServiceProcess sync;
    private static ServiceProcess registration;

    /** What an OpenTelemetry collector would get over HTTP. */
    private static final class Collector implements AutoCloseable {

        private final Queue<byte[]> received = new ConcurrentLinkedQueue<>();
        private final HttpServer server;

        Collector() throws IOException {
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
            server.createContext("/v1/traces", exchange -> {
                received.add(exchange.getRequestBody().readAllBytes());
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
            server.start();
        }

        String endpoint() {
            return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
        }

        /** Whether one message has all of these. Names stand in protobuf as they are, ids as bytes. */
        boolean hasGot(String traceId, String... names) {
            String id = new String(HexFormat.of().parseHex(traceId), StandardCharsets.ISO_8859_1);
            return received.stream()
                    .map(message -> new String(message, StandardCharsets.ISO_8859_1))
                    .anyMatch(message ->
                            message.contains(id) && List.of(names).stream().allMatch(message::contains));
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    @BeforeAll
    static void start(@TempDir Path directory) throws IOException {
        stack = TestServers.start("5433", "5434");
        collector = new Collector();
        // The consumer first: it makes the master's schema, which the other reads.
        sync = service(SyncConsumerApplication.class, directory.resolve("sync"));
        registration = service(RegistrationServiceApplication.class, directory.resolve("registration"));
    }

    private static ServiceProcess service(Class<?> main, Path directory) {
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.profiles.active=compose",
                "--spring.kafka.bootstrap-servers=" + stack.kafka().bootstrapServers(),
                "--ghidanh.master.url=" + stack.master().jdbcUrl(TestServers.DATABASE),
                "--ghidanh.master.password=" + stack.master().password(),
                "--management.opentelemetry.tracing.export.otlp.endpoint=" + collector.endpoint(),
                "--management.opentelemetry.tracing.export.schedule-delay=200ms",
                "--logging.level.ghidanh.sync.event=debug"));
        arguments.addAll(Service.address(stack, "5433"));
        arguments.addAll(Service.address(stack, "5434"));
        return new ServiceProcess(ServiceSettings.of(main, directory).withArguments(arguments.toArray(String[]::new)))
                .start();
    }

    @AfterAll
    static void stop() {
        for (AutoCloseable each : new AutoCloseable[] {registration, sync, collector, stack}) {
            close(each);
        }
    }

    private static void close(AutoCloseable closeable) {
        try {
            // Missing where the start failed.
            if (closeable != null) {
                closeable.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void each_registration_of_a_rush_is_logged_by_the_consumer_with_its_shard_event_and_the_trace_of_its_own_request() {
        Map<String, String> expected = new TreeMap<>();
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        List<TraceParent> traces = new ArrayList<>();
        for (Seat seat : seats("5433", 1, 20)) {
            TraceParent trace = trace(traces.size() + 1, false);
            traces.add(trace);
            answers.add(HTTP.sendAsync(post(seat, trace), BodyHandlers.ofString()));
        }
        for (int i = 0; i < answers.size(); i++) {
            expected.put(rowOf(answers.get(i).join()), traces.get(i).traceId());
        }

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(eventLines("inserted")
                                .collect(toMap(
                                        TraceIT::row,
                                        line -> line.at("/trace/id").asString(""))))
                        .containsAllEntriesOf(expected));
        assertThat(eventLines("inserted").filter(line -> expected.containsKey(row(line))))
                .allSatisfy(line -> {
                    assertThat(line.path("shard").asString("")).isEqualTo("5433");
                    assertThat(line.at("/event/id").asString("")).matches("enrollment-5433-\\d+@\\d+");
                    assertThat(line.at("/service/name").asString("")).isEqualTo("sync-consumer");
                    assertThat(line.at("/ecs/version").asString("")).isNotEmpty();
                });
    }

    @Test
    void a_request_without_a_trace_gets_one_and_a_withdrawal_carries_its_own() throws Exception {
        Seat seat = seats("5434", 11, 1).get(0);
        String row = rowOf(HTTP.send(post(seat, null), BodyHandlers.ofString()));
        await().atMost(PATIENCE)
                .until(() -> eventLines("inserted").anyMatch(line -> row(line).equals(row)));
        assertThat(eventLines("inserted").filter(line -> row(line).equals(row)))
                .extracting(line -> line.at("/trace/id").asString(""))
                .singleElement()
                .asString()
                .matches("[0-9a-f]{32}");

        TraceParent trace = trace(500, false);
        withdraw(row, trace);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                eventLines("updated").filter(line -> row(line).equals(row)))
                        .extracting(line -> line.at("/trace/id").asString(""))
                        .containsExactly(trace.traceId()));
    }

    @Test
    void a_sampled_request_is_an_exemplar_of_its_answer_time_and_of_its_lag_and_its_spans_reach_the_collector()
            throws Exception {
        TraceParent trace = trace(1000, true);
        Seat seat = seats("5433", 2, 1).get(0);

        // Again and again: an exemplar is not taken within 90 ms of another event, as those of student and section are.
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
            String row = rowOf(HTTP.send(post(seat, trace), BodyHandlers.ofString()));
            withdraw(row, trace);
            assertThat(exemplars(registration, "http_server_requests_seconds_bucket{"))
                    .as("exemplars of answer times")
                    .anyMatch(exemplar -> exemplar.contains("trace_id=\"" + trace.traceId()));
            assertThat(exemplars(sync, "registration_sync_lag_seconds_bucket{"))
                    .as("exemplars of lag")
                    .anyMatch(exemplar -> exemplar.contains("trace_id=\"" + trace.traceId()));
        });
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(collector.hasGot(trace.traceId(), "registration-service", "http post /api/registrations"))
                    .isTrue();
            assertThat(collector.hasGot(
                            trace.traceId(), "sync-consumer", "sync", "outbox", "relay", "kafka", "consumer", "master"))
                    .isTrue();
        });
    }

    private static List<Seat> seats(String shard, int university, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Servers.seat(stack.shard(shard), university))
                .toList();
    }

    private static TraceParent trace(int number, boolean sampled) {
        return new TraceParent("%032x".formatted(0xabcdef000000L + number), "%016x".formatted(number), sampled);
    }

    private static HttpRequest post(Seat seat, @Nullable TraceParent trace) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        registration.address().resolve("/api/registrations"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(seat.json()));
        if (trace != null) {
            request.header("traceparent", trace.text());
        }
        return request.build();
    }

    private static void withdraw(String row, TraceParent trace) throws Exception {
        String id = row.replaceAll("^Shard (\\d+): registration ", "$1-");
        HttpResponse<String> withdrawn = HTTP.send(
                HttpRequest.newBuilder(registration.address().resolve("/api/registrations/" + id))
                        .header("traceparent", trace.text())
                        .DELETE()
                        .build(),
                BodyHandlers.ofString());
        assertThat(withdrawn.statusCode()).isEqualTo(204);
    }

    /** As the consumer's log names it. */
    private static String rowOf(HttpResponse<String> created) {
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        String id = JSON.readTree(created.body()).path("id").asString("");
        return "Shard " + id.replace("-", ": registration ");
    }

    /** The consumer's lines of events with this outcome. */
    private static Stream<JsonNode> eventLines(String outcome) {
        try {
            return Files.readAllLines(sync.log()).stream()
                    .filter(line -> line.startsWith("{") && line.endsWith("}"))
                    .map(JSON::readTree)
                    .filter(line -> line.at("/log/logger").asString("").equals("ghidanh.sync.event"))
                    .filter(line -> line.path("message").asString("").contains(" is " + outcome + " ")
                            && line.path("message").asString("").contains("registration"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String row(JsonNode line) {
        return line.path("message").asString("").replaceFirst(" is .*", "");
    }

    private static List<String> exemplars(ServiceProcess service, String series) throws Exception {
        HttpRequest scrape = HttpRequest.newBuilder(URI.create(service.address() + "/actuator/prometheus"))
                .header("Accept", "application/openmetrics-text;version=1.0.0")
                .build();
        HttpResponse<String> answer = HTTP.send(scrape, BodyHandlers.ofString());
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/openmetrics-text");
        return answer.body()
                .lines()
                .filter(line -> line.startsWith(series) && line.contains(" # {"))
                .map(line -> line.substring(line.indexOf(" # {")))
                .toList();
    }
}
