package ghidanh.registration.write;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import ghidanh.registration.ServiceUnderTest.Answer;
import ghidanh.servers.TestServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Somebody has rows open in psql, and has gone to lunch. */
@Timeout(60)
class HeldRowsIT {

    private static final String SHARD = "5433";
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(2);

    @SuppressWarnings("NullAway.Init")
    private static ServiceUnderTest service;

    private final int student = Databases.student(SHARD);
    private final int section = Databases.section(SHARD, 100);

    @BeforeAll
    static void start() {
        service = ServiceUnderTest.start("--ghidanh.registration.database.lock-timeout=2s");
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void only_the_requests_for_a_held_section_are_told_so() throws SQLException {
        List<Integer> others = IntStream.range(0, 6)
                .map(i -> Databases.section(SHARD, 10))
                .boxed()
                .toList();
        try (Connection other = holding("select from sections where sec_no = " + section + " for update")) {
            List<CompletableFuture<Answer>> answers = Stream.concat(Stream.of(section), others.stream())
                    .map(secNo -> service.registerLater(SHARD, student, secNo))
                    .toList();

            expectHeld(answers.get(0).join());
            assertThat(answers.stream().skip(1).map(answer -> answer.join().status()))
                    .containsOnly(201);
            other.rollback();
        }
        assertThat(service.register(SHARD, student, section).status()).isEqualTo(201);
    }

    @Test
    void nobody_waits_again_for_what_is_known_to_be_held() throws SQLException {
        int free = Databases.section(SHARD, 100);
        try (Connection other = holding("select from sections where sec_no = " + section + " for update")) {
            expectHeld(service.register(SHARD, student, section));
            long begin = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                var held = service.registerLater(SHARD, student, section);
                assertThat(service.register(SHARD, student, free).status()).isLessThan(300);
                expectHeld(held.join());
            }

            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .as("20 would wait 20 times as long")
                    .isLessThan(LOCK_TIMEOUT.multipliedBy(4));
            other.rollback();
        }
    }

    @Test
    void a_held_student_holds_up_nobody_else() throws SQLException {
        int neighbour = Databases.student(SHARD);
        try (Connection other = holding("select from students where stno = " + student + " for update")) {
            var held = service.registerLater(SHARD, student, section);
            var free = service.registerLater(SHARD, neighbour, section);

            expectHeld(held.join());
            assertThat(free.join().status()).isEqualTo(201);
            other.rollback();
        }
        assertThat(service.register(SHARD, student, section).status()).isEqualTo(201);
    }

    @Test
    void a_held_registration_holds_up_nobody_else() throws SQLException {
        int neighbour = Databases.student(SHARD);
        String own = service.register(SHARD, student, section).header("Location");
        String neighbours = service.register(SHARD, neighbour, section).header("Location");
        try (Connection other = holding("select from registrations where stno = " + student + " for update")) {
            var held = service.deleteLater(own);
            var free = service.deleteLater(neighbours);
            expectHeld(held.join());
            assertThat(free.join().status()).isEqualTo(204);
            other.rollback();
        }
        assertThat(service.delete(own).status()).isEqualTo(204);
        try (Connection other = holding("select from registrations where stno = " + student + " for update")) {
            var held = service.registerLater(SHARD, student, section);
            var free = service.registerLater(SHARD, neighbour, section);
            expectHeld(held.join());
            assertThat(free.join().status()).isEqualTo(201);
            other.rollback();
        }
    }

    @Test
    void a_swap_is_told_of_whatever_holds_it_up() throws SQLException {
        int wanted = Databases.section(SHARD, 10);
        Answer registered = service.register(SHARD, student, section);
        String swap = registered.header("Location") + ":swap";
        String body = "{\"secNo\":" + wanted + "}";
        for (String held : List.of(
                "sections where sec_no = " + wanted,
                "sections where sec_no = " + section,
                "students where stno = " + student,
                "registrations where reg_id = " + registered.regId())) {
            try (Connection other = holding("select from " + held + " for update")) {
                expectHeld(service.post(swap, body));
                other.rollback();
            }
        }
        assertThat(service.post(swap, body).status()).isEqualTo(201);
    }

    @Test
    void a_locked_table_holds_up_everybody_and_nothing_is_changed() throws SQLException {
        try (Connection other = holding("lock table students in access exclusive mode")) {
            expectHeld(service.register(SHARD, student, section));
            other.rollback();
        }
        assertThat(service.register(SHARD, student, section).status()).isEqualTo(201);
    }

    @Test
    void a_locked_table_is_an_announced_503_to_readers() throws SQLException {
        try (Connection other = holding("lock table students in access exclusive mode")) {
            Answer answer = service.get("/api/students/" + SHARD + "/" + student + "/sections");

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isNotEmpty();
            other.rollback();
        }
    }

    private static void expectHeld(Answer answer) {
        assertThat(answer.status()).as(answer.http().body()).isEqualTo(503);
        assertThat(answer.text("type")).isEqualTo("/problems/rows-held");
        assertThat(answer.text("detail")).startsWith("Nothing was changed:");
        assertThat(answer.header("Retry-After")).isEqualTo("1");
    }

    /** Until it is rolled back. */
    private static Connection holding(String statement) throws SQLException {
        Connection other = Databases.shard(SHARD).connect(TestServers.DATABASE);
        other.setAutoCommit(false);
        try (var held = other.createStatement()) {
            held.execute(statement);
        }
        return other;
    }
}
