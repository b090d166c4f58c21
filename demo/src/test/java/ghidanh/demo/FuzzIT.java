package ghidanh.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.demo.ApiDocument.Operation;
import ghidanh.demo.Requests.Made;
import ghidanh.demo.Servers.Seat;
import ghidanh.servers.PostgresServer;
import ghidanh.servers.TestServers;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Requests that the documents of both services allow, nearly allow and do not allow, each with and without its headers.
 * {@code -Dghidanh.fuzz.requests=1000000} and {@code -Dghidanh.fuzz.seed=17} ask for more and for others. A seed makes the same
 * ones each time, but for the numbers that the databases give: the first come one after another and ask for what earlier answers
 * had, all others for what was seen by then, {@code -Dghidanh.fuzz.at-once=8} at a time.
 */
@ExtendWith(OutputCaptureExtension.class)
class FuzzIT {

    private static final int REQUESTS = Integer.getInteger("ghidanh.fuzz.requests", 10_000);
    private static final long SEED = Long.getLong("ghidanh.fuzz.seed", 16);
    private static final int AT_ONCE = Integer.getInteger("ghidanh.fuzz.at-once", 8);
    private static final int ONE_BY_ONE = Math.min(1_000, REQUESTS);
    private static final int ROUND = 50 * AT_ONCE;
    private static final int ATTEMPTS = 3;
    /** Bytes; what is shorter has gone out at once. */
    private static final int STILL_SENDING = 50_000;

    private static final Duration SLOW = Duration.ofSeconds(2);
    private static final String REGISTRATIONS =
            "select count(*) || ' ' || coalesce(max(version), 0) as state from registrations";
    private static final String JOBS =
            "select count(*)::text as state from jobs where requested_by <> 'identity watch'";

    private static final String[] NOWHERE = {
        "--ghidanh.master.url=jdbc:postgresql://127.0.0.1:1/nowhere",
        "--ghidanh.shards.5433.url=jdbc:postgresql://127.0.0.1:1/nowhere",
        "--ghidanh.shards.5434.url=jdbc:postgresql://127.0.0.1:1/nowhere",
        "--spring.kafka.bootstrap-servers=127.0.0.1:1"
    };

    /** What answers are wanted again, by the name that requests have for it. */
    private static final Map<String, String> REMEMBERED =
            Map.of("id", "id", "next", "cursor", "stno", "stno", "secNo", "secNo", "windowId", "windowId");

    /** What takes two at once, empty shards or a job at the right moment: other tests make these. */
    private static final Set<String> ELSEWHERE = Set.of(
            "200 DELETE /api/{kind}/{id}",
            "202 POST /api/{kind}/{id}/resume",
            "404 GET /api/terms/current",
            "409 POST /api/dead-letters/redrive",
            "409 POST /api/drift-checks",
            "409 POST /api/resyncs",
            "409 POST /api/sections/{shard}/{secNo}:cancel",
            "409 POST /api/sync",
            "503 POST /api/registrations:batch");

    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final TestServers STACK = TestServers.shared();
    private static final List<SingleConnectionDataSource> SESSIONS = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private static Service registration;

    @SuppressWarnings("NullAway.Init")
    private static Service sync;

    private final Random random = new Random(SEED);
    private final ExecutorService senders = Executors.newFixedThreadPool(AT_ONCE);
    private final Map<String, Set<Integer>> reached = new ConcurrentHashMap<>();
    private final Map<Integer, LongAdder> statuses = new ConcurrentSkipListMap<>();
    private final LongAccumulator slowest = new LongAccumulator(Math::max, 0);

    @BeforeAll
    static void start() {
        sync = Service.sync(STACK, "--ghidanh.sync.drift.interval=0", "--ghidanh.web.body.deadline=1s");
        registration = Service.registration(
                STACK, "--ghidanh.registration.wait.longest=100ms", "--ghidanh.web.body.deadline=1s");
    }

    @AfterAll
    static void stop() {
        registration.close();
        sync.close();
        SESSIONS.forEach(SingleConnectionDataSource::destroy);
    }

    @AfterEach
    void dismissSenders() {
        senders.shutdownNow();
    }

    @Test
    void whatever_is_asked_is_answered_as_the_documents_say(CapturedOutput output) throws Exception {
        String graded = graded();
        var forRegistration = target(
                registration,
                "registration-service",
                List.of(session(STACK.shard("5433"), REGISTRATIONS), session(STACK.shard("5434"), REGISTRATIONS)));
        var forSync = target(sync, "sync-consumer", List.of(session(STACK.master(), JOBS)));
        forSync.requests.saw("shard", "5433");
        forSync.requests.saw("shard", "all");
        forSync.requests.saw("from", "earliest");
        forSync.requests.saw("deadReason", "refused");
        for (String shard : List.of("5433", "5434")) {
            for (int i = 0; i < 5; i++) {
                Seat seat = Servers.seat(STACK.shard(shard), shard.equals("5433") ? 1 : 11);
                Servers.sql(STACK.shard(shard))
                        .sql("update sections set capacity = 2 where sec_no = :secNo")
                        .param("secNo", seat.secNo())
                        .update();
                forRegistration.requests.saw("shard", shard);
                forRegistration.requests.saw("uId", String.valueOf(seat.university()));
                forRegistration.requests.saw("stno", String.valueOf(seat.stno()));
                forRegistration.requests.saw("secNo", String.valueOf(seat.secNo()));
            }
        }

        long begin = System.nanoTime();
        for (int i = 0; i < ONE_BY_ONE; i += 2) {
            Target target = random.nextInt(4) == 0 ? forSync : forRegistration;
            Made made = target.requests.next();
            target.send(made);
            target.send(made.bare());
        }
        random.setSeed(SEED);
        for (int i = ONE_BY_ONE; i < REQUESTS; i += ROUND) {
            reopen();
            Map<Target, List<Made>> round = Map.of(forSync, new ArrayList<>(), forRegistration, new ArrayList<>());
            for (int j = i; j < Math.min(i + ROUND, REQUESTS); j += 2) {
                Target target = random.nextInt(4) == 0 ? forSync : forRegistration;
                Made made = target.requests.next();
                Objects.requireNonNull(round.get(target)).addAll(List.of(made, made.bare()));
            }
            for (Map.Entry<Target, List<Made>> part : round.entrySet()) {
                part.getKey().sendAtOnce(part.getValue());
            }
            if (i / ROUND % 25 == 24) {
                System.out.printf("%d of %d requests%n", i + ROUND, REQUESTS);
            }
        }
        long seconds = Math.max(1, (System.nanoTime() - begin) / 1_000_000_000);
        forSync.sendUnknownShards();
        forSync.askOfWhatIsOver();
        reopen();
        forRegistration.withdraw(graded);
        forRegistration.joinAList();
        forRegistration.takeASeatBack();
        forRegistration.closeAWindow();
        forRegistration.sendBadBodies();
        forSync.sendBadBodies();
        try (Service alone = Service.registration(STACK, NOWHERE)) {
            forRegistration.sendWithoutDatabases(alone);
        }
        try (Service alone = Service.sync(STACK, NOWHERE)) {
            forSync.sendWithoutDatabases(alone);
        }

        System.out.printf(
                "%d requests, seed %d, %d at once, %d a second, slowest %d ms, statuses %s%n",
                REQUESTS, SEED, AT_ONCE, REQUESTS / seconds, slowest.get() / 1_000_000, statuses);
        Set<String> missing = new TreeSet<>(forRegistration.missing());
        missing.addAll(forSync.missing());
        // Nobody is asked here.
        missing.removeIf(one -> one.startsWith("401 ") || one.startsWith("403 ") || one.startsWith("429 "));
        assertThat(missing).isSubsetOf(ELSEWHERE);
        stopUnderAnOpenStream();
        assertThat(output.toString().lines().filter(line -> line.contains(" ERROR ")))
                .isEmpty();
    }

    /** What requests have closed, and no other opens again. */
    private static void reopen() {
        for (String shard : List.of("5433", "5434")) {
            Servers.sql(STACK.shard(shard))
                    .sql("update sections set cancelled = false where cancelled")
                    .update();
            Servers.sql(STACK.shard(shard))
                    .sql("update students set hold_reason = null where hold_reason is not null")
                    .update();
        }
    }

    /** A registration that has a grade, which nobody gives through the API. */
    private static String graded() {
        PostgresServer shard = STACK.shard("5433");
        Seat seat = Servers.seat(shard, 1);
        return "5433-"
                + Servers.sql(shard)
                        .sql(
                                "insert into registrations (stno, sec_no, mark) values (:stno, :secNo, 8) returning reg_id")
                        .param("stno", seat.stno())
                        .param("secNo", seat.secNo())
                        .query(Long.class)
                        .single();
    }

    private static void stopUnderAnOpenStream() throws Exception {
        var slow = HttpRequest.newBuilder(URI.create(sync.url() + "/api/replays"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"shard\":\"all\",\"from\":\"earliest\",\"maxPerSecond\":1}"))
                .build();
        String job = await().atMost(Duration.ofMinutes(2))
                .until(
                        () -> HTTP.send(slow, BodyHandlers.discarding())
                                .headers()
                                .firstValue("Location"),
                        Optional::isPresent)
                .orElseThrow();
        HttpResponse<InputStream> events = HTTP.send(
                HttpRequest.newBuilder(URI.create(sync.url() + job + "/events")).build(), BodyHandlers.ofInputStream());
        try (InputStream stream = events.body()) {
            assertThat(stream.read()).isPositive();
            registration.close();
            sync.close();
        }
    }

    private Target target(Service service, String name, List<JdbcClient> state) throws IOException {
        var document = new ApiDocument(name);
        return new Target(service, document, new Requests(document, random), state);
    }

    private static JdbcClient session(PostgresServer server, String query) {
        var session = new SingleConnectionDataSource(
                server.jdbcUrl(TestServers.DATABASE), server.user(), server.password(), true);
        SESSIONS.add(session);
        JdbcClient client = JdbcClient.create(session);
        client.sql("create temporary view fuzz_state as " + query).update();
        return client;
    }

    private record Answer(int status, HttpHeaders headers, String body) {}

    /** One of the services. */
    private final class Target {

        private final Service service;
        private final ApiDocument document;
        private final Requests requests;
        private final List<JdbcClient> state;
        private List<String> before = List.of();

        Target(Service service, ApiDocument document, Requests requests, List<JdbcClient> state) {
            this.service = service;
            this.document = document;
            this.requests = requests;
            this.state = state;
            this.before = state();
        }

        private List<String> state() {
            return state.stream()
                    .map(session -> session.sql("select state from fuzz_state")
                            .query(String.class)
                            .single())
                    .toList();
        }

        void send(Made made) throws Exception {
            Answer answer = checked(made);
            int status = answer.status();
            if (!made.operation().method().equals("GET")) {
                List<String> now = state();
                if (status >= 400) {
                    assertThat(now)
                            .as("a refused request changes nothing: %s", Requests.shown(made))
                            .isEqualTo(before);
                }
                before = now;
            }
            if (status < 300 && answer.body().startsWith("{")) {
                remember(JsonMapper.shared().readTree(answer.body()));
            }
        }

        /** That what was refused has changed nothing shows when it is refused again, while nothing else is asked. */
        void sendAtOnce(List<Made> all) throws Exception {
            List<Made> refused = refused(all);
            while (!refused.isEmpty()) {
                before = state();
                List<Made> again = refused(refused);
                if (again.size() == refused.size()) {
                    assertThat(state())
                            .as("refused requests change nothing: %s", shown(again))
                            .isEqualTo(before);
                    return;
                }
                refused = again;
            }
            before = state();
        }

        private static Object shown(List<Made> requests) {
            return new Object() {
                @Override
                public String toString() {
                    return requests.stream().map(Requests::shown).collect(Collectors.joining("\n"));
                }
            };
        }

        /** Sends them at the same time; those that would change something and may not. */
        private List<Made> refused(List<Made> requests) throws Exception {
            List<Callable<Boolean>> deeds = requests.stream()
                    .map(made -> (Callable<Boolean>) () -> checked(made).status() >= 400
                            && !made.operation().method().equals("GET"))
                    .toList();
            List<Made> refused = new ArrayList<>();
            int next = 0;
            for (Future<Boolean> answered : senders.invokeAll(deeds)) {
                Made made = requests.get(next++);
                if (answered.get()) {
                    refused.add(made);
                }
            }
            return refused;
        }

        private Answer checked(Made made) throws Exception {
            Answer answer = timed(made);
            statuses.computeIfAbsent(answer.status(), key -> new LongAdder()).increment();
            reached(made.operation(), answer.status());
            check(made, answer);
            return answer;
        }

        private void reached(Operation operation, int status) {
            reached.computeIfAbsent(operation.toString(), key -> ConcurrentHashMap.newKeySet())
                    .add(status);
        }

        /**
         * Who is slow once may have met others at work on this machine; who is slow each time is slow. And a client that is still
         * sending when it is refused may find the connection closed before it has read why.
         */
        private Answer timed(Made made) throws Exception {
            for (int attempt = 1; ; attempt++) {
                long begin = System.nanoTime();
                try {
                    Answer answer = answer(service, made);
                    long nanos = System.nanoTime() - begin;
                    if (nanos < SLOW.toNanos()) {
                        slowest.accumulate(nanos);
                        return answer;
                    }
                    assertThat(attempt)
                            .as("%d ms for %s", nanos / 1_000_000, Requests.shown(made))
                            .isLessThan(ATTEMPTS);
                } catch (IOException e) {
                    byte[] body = made.bytes();
                    if (attempt == ATTEMPTS || body == null || body.length < STILL_SENDING) {
                        throw new AssertionError("no answer to " + Requests.shown(made), e);
                    }
                }
            }
        }

        private Answer answer(Service service, Made made) throws Exception {
            var request = HttpRequest.newBuilder(URI.create(service.url() + made.target()))
                    .timeout(Duration.ofSeconds(30))
                    .method(
                            made.operation().method(),
                            made.body() == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(made.bytes()));
            made.headers().forEach(request::setHeader);
            if (!made.operation().path().endsWith("/events")) {
                HttpResponse<String> whole = HTTP.send(request.build(), BodyHandlers.ofString());
                return new Answer(whole.statusCode(), whole.headers(), whole.body());
            }
            // Has no end while a job runs.
            HttpResponse<InputStream> events = HTTP.send(request.build(), BodyHandlers.ofInputStream());
            try (InputStream body = events.body()) {
                String text = events.statusCode() == 200 ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8);
                return new Answer(events.statusCode(), events.headers(), text);
            }
        }

        private void check(Made made, Answer answer) {
            int status = answer.status();
            String body = answer.body();
            String type = answer.headers().firstValue("Content-Type").orElse("");
            String shown = status + " " + body + " for " + Requests.shown(made);
            assertThat(status < 500 || status == 503).as(shown).isTrue();
            assertThat(status == 503
                            && answer.headers().firstValue("Retry-After").isEmpty())
                    .as(shown)
                    .isFalse();
            assertThat(body).as(shown).doesNotContain("Exception", "at ghidanh.", "org.springframework", "PSQL");
            if (made.operation().statuses().contains(status)) {
                assertThat(document.faults(made.operation(), status, type, body))
                        .as(shown)
                        .isEmpty();
            } else {
                assertThat(status).as("undocumented: %s", shown).isIn(404, 405, 406);
                if (status != 406) {
                    assertThat(document.problemFaults(body)).as(shown).isEmpty();
                }
            }
        }

        private void remember(JsonNode node) {
            node.properties().forEach(property -> {
                JsonNode value = property.getValue();
                if (value.isContainer()) {
                    value.forEach(this::remember);
                }
                String name = REMEMBERED.get(property.getKey());
                if (name != null && !value.isContainer() && !value.isNull()) {
                    requests.saw(name, value.asString());
                }
            });
        }

        /** Chance seldom leads there with all else valid. */
        void sendUnknownShards() throws Exception {
            for (Operation operation : document.operations()) {
                for (int attempt = 0; attempt < 50 && operation.hasBody() && lacks(operation, 404); attempt++) {
                    send(requests.valid(operation).withShard("5499"));
                }
            }
        }

        /** Chance seldom finds the kind and the number of a job together. */
        void askOfWhatIsOver() throws Exception {
            send("DELETE /api/{kind}/{id}", over("api/drift-checks"), Map.of());
            send("POST /api/{kind}/{id}/resume", over("api/replays") + "/resume", Map.of());
            Map<String, String> xml = Map.of("Accept", "application/xml");
            send("GET /api/{kind}/{id}", over("api/replays"), xml);
            send("GET /api/{kind}", "/api/replays", xml);
            send("GET /api/dead-letters", "/api/dead-letters?shard=5433", xml);
            send("GET /api/dead-letters/rows", "/api/dead-letters/rows?shard=5433&id=1", xml);
        }

        private String over(String jobs) throws Exception {
            return service.get(jobs)
                    .path("jobs")
                    .valueStream()
                    .filter(job -> job.path("state").asString().equals("DONE"))
                    .map(job -> job.path("url").asString())
                    .findFirst()
                    .orElseThrow();
        }

        void withdraw(String registration) throws Exception {
            send("DELETE /api/registrations/{id}", "/api/registrations/" + registration, Map.of());
        }

        /** Of a section that never had a seat. */
        void joinAList() throws Exception {
            Seat seat = seat(0);
            String wish = "{\"shard\":\"5433\",\"stno\":%d,\"secNo\":%d,\"waitlist\":true}"
                    .formatted(seat.stno(), seat.secNo());
            send("POST /api/registrations", "/api/registrations", JSON, wish);
        }

        /** One that somebody has. */
        void takeASeatBack() throws Exception {
            Seat seat = seat(1);
            send("POST /api/registrations", "/api/registrations", JSON, seat.json());
            String target = "/api/sections/5433/" + seat.secNo() + ":seats";
            send("POST /api/sections/{shard}/{secNo}:seats", target, JSON, "{\"extraSeats\":0,\"reason\":\"x\"}");
        }

        /** Of a section without any of its own. */
        private static Seat seat(int extraSeats) {
            PostgresServer shard = STACK.shard("5433");
            Seat seat = Servers.seat(shard, 1);
            Servers.sql(shard)
                    .sql("update sections set capacity = 0, extra_seats = :extraSeats where sec_no = :secNo")
                    .param("extraSeats", extraSeats)
                    .param("secNo", seat.secNo())
                    .update();
            return seat;
        }

        void closeAWindow() throws Exception {
            String window = "{\"year\":1990,\"semester\":1,\"opens\":\"2026-01-01T00:00:00Z\",\"reason\":\"x\"}";
            send("POST /api/windows/{shard}", "/api/windows/5433", JSON, window);
            int opened = Servers.sql(STACK.shard("5433"))
                    .sql("select max(window_id) from registration_windows")
                    .query(Integer.class)
                    .single();
            String target = "/api/windows/5433/" + opened + ":close";
            send("POST /api/windows/{shard}/{windowId}:close", target, JSON, "{\"reason\":\"x\"}");
        }

        private void send(String name, String target, Map<String, String> headers) throws Exception {
            send(name, target, headers, null);
        }

        private void send(String name, String target, Map<String, String> headers, @Nullable String body)
                throws Exception {
            for (Operation operation : document.operations()) {
                if (operation.toString().equals(name)) {
                    send(new Made(operation, target, headers, body));
                }
            }
        }

        /** A body that is too long, and one that never ends. */
        void sendBadBodies() throws IOException {
            for (Operation operation : document.operations()) {
                if (operation.hasBody()) {
                    sendHead(operation, 3_000_000, 413);
                    sendHead(operation, 10, 408);
                }
            }
        }

        private void sendHead(Operation operation, int length, int status) throws IOException {
            try (var socket = new Socket("127.0.0.1", service.port())) {
                socket.getOutputStream()
                        .write((operation.method() + " "
                                        + operation.path().replaceAll("\\{\\w+}", "5433-1")
                                        + " HTTP/1.1\r\nHost: localhost\r\n"
                                        + "Content-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n{")
                                .getBytes(StandardCharsets.US_ASCII));
                byte[] answer = socket.getInputStream().readNBytes(12);
                assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 " + status);
            } catch (SocketException e) {
                throw new IOException(operation + " was cut off without an answer", e);
            }
            reached(operation, status);
        }

        void sendWithoutDatabases(Service alone) throws Exception {
            // Even a valid request may ask for what is unknown.
            for (int attempt = 0; attempt < 50; attempt++) {
                List<Future<?>> asked = new ArrayList<>();
                for (Operation operation : document.operations()) {
                    if (lacks(operation, 503)) {
                        Made made = requests.valid(operation);
                        // All at once: some wait for 10 s.
                        asked.add(senders.submit(() -> {
                            Answer answer = answer(alone, made);
                            check(made, answer);
                            reached(operation, answer.status());
                            return null;
                        }));
                    }
                }
                for (Future<?> each : asked) {
                    each.get();
                }
            }
        }

        private boolean lacks(Operation operation, int status) {
            return operation.statuses().contains(status)
                    && !reached.getOrDefault(operation.toString(), Set.of()).contains(status);
        }

        /** What the document promises and nobody got. */
        Set<String> missing() {
            Set<String> missing = new TreeSet<>();
            for (Operation operation : document.operations()) {
                Set<Integer> left = new TreeSet<>(operation.statuses());
                left.removeAll(reached.getOrDefault(operation.toString(), Set.of()));
                left.forEach(status -> missing.add(status + " " + operation));
            }
            return missing;
        }
    }
}
