package ghidanh.registration.write.web;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import ghidanh.registration.ServiceUnderTest.Answer;
import ghidanh.servers.TestServers;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class AdmissionIT {

    private static final String SHARD = "5433";
    private static final String ONE = "/api/registrations";
    private static final String BATCH = "/api/registrations:batch";

    private final int section = Databases.section(SHARD, 100);
    private final int student = Databases.students(SHARD, 10);

    @Test
    void at_the_limit_whatever_writes_is_refused_at_once_and_changes_nothing() throws SQLException {
        try (var service = start(2)) {
            String registered = service.register(SHARD, student, section).header("Location");
            List<CompletableFuture<Answer>> inWork;
            try (Connection other = holdingTheSection()) {
                inWork = List.of(
                        service.registerLater(SHARD, student + 1, section),
                        service.registerLater(SHARD, student + 2, section));
                await().until(() -> inWork(service) == 2);

                Answer refused = service.register(SHARD, student + 3, section);
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.header("Retry-After")).isEqualTo("1");
                assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
                assertThat(refused.text("code")).isEqualTo("TOO_BUSY");
                assertThat(refused.text("detail"))
                        .isEqualTo("Nothing was changed: 2 registrations are in work already.");
                assertThat(service.post("/api;/registrations", wish(student + 3))
                                .status())
                        .isEqualTo(503);
                assertThat(service.post(ONE + ";a=b", wish(student + 3)).status())
                        .isEqualTo(503);
                assertThat(service.post(BATCH, batch(student + 3, 2)).status()).isEqualTo(503);
                assertThat(service.post(ONE, "not read").status()).isEqualTo(503);
                assertThat(service.delete(registered).status()).isEqualTo(503);
                assertThat(service.get(registered).status()).isEqualTo(200);
                assertThat(meters(service).get("registration.refused").counter().count())
                        .isEqualTo(6);
                other.rollback();
            }
            assertThat(inWork)
                    .allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(201));
            assertThat(enrolled()).isEqualTo(3);
            assertThat(service.get(registered).text("status")).isEqualTo("REGISTERED");
            assertThat(service.post("/api;/registrations", wish(student + 3)).status())
                    .isEqualTo(201);
            assertThat(inWork(service)).isZero();
        }
    }

    @Test
    void a_withdrawal_counts() throws SQLException {
        try (var service = start(1)) {
            Answer registered = service.register(SHARD, student, section);
            CompletableFuture<Answer> withdrawn;
            try (Connection other = holdingTheSection()) {
                withdrawn = service.deleteLater(registered.header("Location"));
                await().until(() -> inWork(service) == 1);
                assertThat(service.register(SHARD, student + 1, section).status())
                        .isEqualTo(503);
                other.rollback();
            }
            assertThat(withdrawn.join().status()).isEqualTo(204);
            assertThat(enrolled()).isZero();
            assertThat(inWork(service)).isZero();
        }
    }

    @Test
    void each_element_of_a_batch_counts() throws SQLException {
        try (var service = start(3)) {
            CompletableFuture<Answer> batch;
            CompletableFuture<Answer> single;
            try (Connection other = holdingTheSection()) {
                batch = service.postLater(BATCH, batch(student, 2));
                await().until(() -> inWork(service) == 2);
                single = service.registerLater(SHARD, student + 2, section);
                await().until(() -> inWork(service) == 3);
                assertThat(service.register(SHARD, student + 3, section).status())
                        .isEqualTo(503);
                other.rollback();
            }
            assertThat(statuses(batch.join())).containsExactly(201, 201);
            assertThat(single.join().status()).isEqualTo(201);
            assertThat(inWork(service)).isZero();
        }
    }

    @Test
    void elements_beyond_the_limit_are_refused_each_for_itself() {
        try (var service = start(3)) {
            Answer answer = service.post(BATCH, batch(student, 5));

            assertThat(statuses(answer)).containsExactly(201, 201, 201, 503, 503);
            var problem = answer.body().path("results").path(4).path("problem");
            assertThat(problem.path("code").stringValue()).isEqualTo("TOO_BUSY");
            assertThat(problem.path("detail").stringValue())
                    .isEqualTo("Nothing was changed: 3 registrations are in work already.");
            assertThat(meters(service).get("registration.refused").counter().count())
                    .isEqualTo(2);
            assertThat(enrolled()).isEqualTo(3);
            assertThat(statuses(service.post(BATCH, batch(student + 3, 2)))).containsExactly(201, 201);
            assertThat(inWork(service)).isZero();
        }
    }

    @Test
    void answers_of_all_kinds_give_their_permits_back() {
        try (var service = start(5)) {
            Answer registered = service.register(SHARD, student, section);
            assertThat(registered.status()).isEqualTo(201);
            assertThat(inWork(service)).isZero();
            assertThat(service.register(SHARD, student, section).status()).isEqualTo(200);
            assertThat(service.register(SHARD, student, 2_000_000_000).status()).isEqualTo(404);
            assertThat(service.register("{}").status()).isEqualTo(400);
            assertThat(service.register("no JSON").status()).isEqualTo(400);
            assertThat(service.delete(ONE + "/nonsense").status()).isEqualTo(404);
            assertThat(service.delete(registered.header("Location")).status()).isEqualTo(204);
            assertThat(service.post(BATCH, "{}").status()).isEqualTo(400);
            assertThat(statuses(service.post(BATCH, batch(student, 3)))).containsExactly(201, 201, 201);
            assertThat(inWork(service)).isZero();
        }
    }

    @Test
    void an_answer_that_takes_too_long_gives_its_permit_back() throws SQLException {
        try (var service = start(1, "--spring.mvc.async.request-timeout=500ms");
                Connection other = holdingTheSection()) {
            Answer answer = service.register(SHARD, student, section);

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.text("detail")).startsWith("There was no answer in time");
            assertThat(inWork(service)).isZero();
            other.rollback();
        }
    }

    @Test
    void a_client_that_is_gone_gives_its_permit_back() throws Exception {
        try (var service = start(1)) {
            try (Connection other = holdingTheSection()) {
                try (var client = new Socket("localhost", service.port())) {
                    String body = wish(student);
                    client.getOutputStream()
                            .write(("POST " + ONE + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                            + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                                    .getBytes(US_ASCII));
                    await().until(() -> inWork(service) == 1);
                    // The connection is reset: the service cannot even send.
                    client.setSoLinger(true, 0);
                }
                assertThat(service.register(SHARD, student + 1, section).status())
                        .as("what it asked for is in work all the same")
                        .isEqualTo(503);
                other.rollback();
            }
            await().until(() -> inWork(service) == 0);
            assertThat(service.register(SHARD, student + 1, section).status()).isEqualTo(201);
            assertThat(enrolled()).isEqualTo(2);
        }
    }

    private static ServiceUnderTest start(int limit, String... settings) {
        return ServiceUnderTest.start(Stream.concat(
                        Stream.of(
                                "--ghidanh.registration.admission.limit=" + limit,
                                // The writer waits for a held section as long as the test holds it.
                                "--ghidanh.registration.database.write-timeout=5m",
                                "--ghidanh.registration.database.lock-timeout=2m"),
                        Stream.of(settings))
                .toArray(String[]::new));
    }

    /** Until it is rolled back, what the service writes to the section stays in work. */
    private Connection holdingTheSection() throws SQLException {
        Connection other = Databases.shard(SHARD).connect(TestServers.DATABASE);
        other.setAutoCommit(false);
        try (var statement = other.createStatement()) {
            statement.execute("select from sections where sec_no = " + section + " for update");
        }
        return other;
    }

    private String wish(int stno) {
        return "{\"shard\":\"" + SHARD + "\",\"stno\":" + stno + ",\"secNo\":" + section + "}";
    }

    private String batch(int first, int students) {
        return IntStream.range(first, first + students)
                .mapToObj(this::wish)
                .collect(Collectors.joining(",", "{\"registrations\":[", "]}"));
    }

    private static List<Integer> statuses(Answer answer) {
        return answer.body().path("results").values().stream()
                .map(result -> result.path("status").intValue())
                .toList();
    }

    private long enrolled() {
        return Databases.count(Databases.shard(SHARD), "select enrolled from sections where sec_no = ?", section);
    }

    private static double inWork(ServiceUnderTest service) {
        return meters(service).get("registration.in.work").gauge().value();
    }

    private static MeterRegistry meters(ServiceUnderTest service) {
        return service.bean(MeterRegistry.class);
    }
}
