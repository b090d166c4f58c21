package ghidanh.registration.read;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import ghidanh.registration.ServiceUnderTest.Answer;
import ghidanh.servers.TestServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows from before the constraints that refuse them now, or written past these. */
class OddRowsIT {

    private static final String SHARD = "5433";
    private static final List<String> TIMES = List.of(
            "infinity",
            "294276-12-31 23:59:59.999999+00",
            "10000-01-01 00:00:00+00",
            "0044-03-15 00:00:00+00 BC",
            "4713-01-01 00:00:00+00 BC",
            "-infinity");
    private static final long[] NUMBERS = {Long.MAX_VALUE, Long.MAX_VALUE - 1, 0, -1, -17, Long.MIN_VALUE};

    private final ServiceUnderTest service = ServiceUnderTest.shared();

    @BeforeEach
    void write() throws SQLException {
        int student = Databases.student(SHARD);
        List<String> statements = new ArrayList<>(List.of(
                "set session_replication_role = replica",
                "alter table registrations drop constraint registrations_time",
                "alter table registrations drop constraint registrations_number"));
        for (int i = 0; i < NUMBERS.length; i++) {
            statements.add("insert into registrations (reg_id, stno, sec_no, created_at) values (%d, %d, %d, '%s')"
                    .formatted(NUMBERS[i], student, Databases.section(SHARD, 1), TIMES.get(i)));
        }
        execute(statements);
    }

    @AfterEach
    void remove() throws SQLException {
        execute(
                List.of(
                        "set session_replication_role = replica",
                        "delete from registrations where reg_id < 1 or reg_id > 9000000000000000000",
                        "alter table registrations add constraint registrations_number check (reg_id > 0) not valid",
                        "alter table registrations add constraint registrations_time check ("
                                + "created_at >= '1900-01-01 00:00:00+00' and created_at < '2200-01-01 00:00:00+00') not valid"));
    }

    @Test
    void an_odd_row_hides_no_other() {
        int student = Databases.student(SHARD);
        String sound =
                service.register(SHARD, student, Databases.section(SHARD, 1)).text("id");
        List<String> seen = new ArrayList<>();
        String path = "/api/registrations?limit=20";
        Answer page = service.get(path);
        collect(page, seen);
        while (!page.text("next").isEmpty()) {
            page = service.get(path + "&cursor=" + page.text("next"));
            collect(page, seen);
        }

        assertThat(seen).contains(sound).doesNotHaveDuplicates();
        for (long number : NUMBERS) {
            assertThat(seen).contains(SHARD + "-" + number);
        }
    }

    @Test
    void an_odd_row_is_shown_by_itself() {
        for (long number : NUMBERS) {
            Answer answer = service.get("/api/registrations/" + SHARD + "-" + number);

            assertThat(answer.status()).isEqualTo(number > 0 ? 200 : 404);
            assertThat(answer.body().path("latencyMs").isNull() || number <= 0).isTrue();
        }
    }

    private static void collect(Answer page, List<String> seen) {
        assertThat(page.status()).as(page.http().body()).isEqualTo(200);
        page.body().path("items").forEach(item -> seen.add(item.path("id").stringValue()));
    }

    private static void execute(List<String> statements) throws SQLException {
        try (Connection connection = Databases.shard(SHARD).connect(TestServers.DATABASE);
                var statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }
}
