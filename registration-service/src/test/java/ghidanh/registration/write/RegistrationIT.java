package ghidanh.registration.write;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import ghidanh.registration.ServiceUnderTest.Answer;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RegistrationIT {

    private static final String SHARD = "5433";

    private final ServiceUnderTest service = ServiceUnderTest.shared();

    @Test
    void a_registration_is_created_on_its_shard_with_a_seat_and_an_outbox_row() {
        int stno = Databases.student(SHARD);
        int secNo = Databases.section(SHARD, 2);

        Answer answer = service.register(SHARD, stno, secNo);

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("Location")).isEqualTo("/api/registrations/" + answer.text("id"));
        assertThat(answer.body().propertyNames())
                .containsExactly(
                        "id",
                        "shard",
                        "stno",
                        "secNo",
                        "status",
                        "createdAt",
                        "syncedAt",
                        "syncStatus",
                        "latencyMs",
                        "masterRegId");
        assertThat(answer.text("id")).isEqualTo("5433-" + answer.regId());
        assertThat(answer.text("shard")).isEqualTo(SHARD);
        assertThat(answer.body().path("stno").intValue()).isEqualTo(stno);
        assertThat(answer.body().path("secNo").intValue()).isEqualTo(secNo);
        assertThat(Instant.parse(answer.text("createdAt")))
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
        assertThat(answer.body().path("syncedAt").isNull()).isTrue();
        assertThat(answer.text("syncStatus")).isEqualTo("PENDING");
        assertThat(answer.header("Content-Length")).as("in one piece").isNotEmpty();
        assertThat(taken(secNo)).isEqualTo(1);
        assertThat(outboxRows(answer)).isEqualTo(1);
    }

    @Test
    void a_repeated_registration_is_the_same_resource_and_takes_no_second_seat() {
        int stno = Databases.student(SHARD);
        int secNo = Databases.section(SHARD, 2);
        Answer first = service.register(SHARD, stno, secNo);

        Answer second = service.register(SHARD, stno, secNo);

        assertThat(second.status()).isEqualTo(200);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.header("Location")).isEqualTo(first.header("Location"));
        assertThat(taken(secNo)).isEqualTo(1);
    }

    @Test
    void a_repeated_registration_is_synced_as_soon_as_the_master_has_it_marked_or_not() {
        int stno = Databases.student(SHARD);
        int secNo = Databases.section(SHARD, 2);
        long regId = service.register(SHARD, stno, secNo).regId();

        Databases.bring(SHARD, regId);
        Answer unmarked = service.register(SHARD, stno, secNo);
        Databases.sync(SHARD, regId);
        Answer marked = service.register(SHARD, stno, secNo);

        assertThat(unmarked.status()).isEqualTo(200);
        assertThat(unmarked.text("syncStatus")).isEqualTo("SYNCED");
        assertThat(ServiceUnderTest.millisToSync(unmarked.body())).isPositive();
        assertThat(marked.text("syncStatus")).isEqualTo("SYNCED");
    }

    @Test
    void the_university_leads_to_the_shard() {
        int stno = Databases.student("5434");
        int secNo = Databases.section("5434", 2);

        Answer answer = service.register("{\"uId\":11,\"stno\":" + stno + ",\"secNo\":" + secNo + "}");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.text("shard")).isEqualTo("5434");
    }

    @Test
    void a_number_that_one_shard_has_leads_to_it() {
        int stno = Databases.student("5434");
        int secNo = Databases.section("5434", 2);

        Answer answer = service.register("{\"stno\":" + stno + ",\"secNo\":" + secNo + "}");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.text("shard")).isEqualTo("5434");
    }

    @Test
    void a_number_that_two_shards_have_is_answered_with_the_candidates() {
        int stno = Databases.student(SHARD, 4, "Nguyễn", "Văn", "Đức");
        Databases.student("5434", stno, 12, "Lê", "", "Hà");

        Answer answer = service.register("{\"stno\":" + stno + ",\"secNo\":1}");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.text("code")).isEqualTo("STUDENT_AMBIGUOUS");
        assertThat(answer.text("type")).isEqualTo("/problems/student-ambiguous");
        assertThat(answer.body().path("candidates").toString())
                .isEqualTo("[{\"shard\":\"5433\",\"stno\":" + stno
                        + ",\"name\":\"Nguyễn Văn Đức\",\"uId\":4,\"university\":\"University 4\"},"
                        + "{\"shard\":\"5434\",\"stno\":" + stno
                        + ",\"name\":\"Lê Hà\",\"uId\":12,\"university\":\"University 12\"}]");
    }

    @Test
    void a_full_section_is_a_conflict_with_the_numbers() {
        int secNo = Databases.section(SHARD, 1);
        service.register(SHARD, Databases.student(SHARD), secNo);
        int late = Databases.student(SHARD);

        Answer answer = service.register(SHARD, late, secNo);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        assertThat(answer.text("type")).isEqualTo("/problems/section-full");
        assertThat(answer.text("code")).isEqualTo("SECTION_FULL");
        assertThat(answer.text("instance")).isEqualTo("/api/registrations");
        assertThat(answer.body().path("status").intValue()).isEqualTo(409);
        assertThat(answer.body().path("secNo").intValue()).isEqualTo(secNo);
        assertThat(answer.body().path("stno").intValue()).isEqualTo(late);
        assertThat(answer.body().path("seatsLeft").intValue()).isZero();
        assertThat(taken(secNo)).isEqualTo(1);
    }

    @Test
    void what_does_not_exist_is_named() {
        int stno = Databases.student(SHARD);
        int secNo = Databases.section(SHARD, 1);

        assertProblem(service.register(SHARD, 2_000_000_000, secNo), 404, "UNKNOWN_STUDENT", "2000000000");
        assertProblem(service.register(SHARD, stno, 2_000_000_000), 404, "UNKNOWN_SECTION", "2000000000");
        assertProblem(service.register("5999", stno, secNo), 404, "UNKNOWN_SHARD", "5999");
        assertProblem(
                service.register("{\"uId\":2147483647,\"stno\":1,\"secNo\":1}"),
                404,
                "UNKNOWN_UNIVERSITY",
                "university 2147483647");
        assertProblem(service.register("{\"stno\":2000000000,\"secNo\":1}"), 404, "UNKNOWN_STUDENT", "2000000000");
        assertProblem(service.get("/api/registrations/5433-900000000"), 404, "UNKNOWN_REGISTRATION", "5433-900000000");
        assertProblem(service.get("/api/registrations/5999-1"), 404, "UNKNOWN_REGISTRATION", "5999-1");
        assertProblem(
                service.delete("/api/registrations/5433-900000000"), 404, "UNKNOWN_REGISTRATION", "5433-900000000");
    }

    @Test
    void withdrawing_frees_the_seat_and_can_be_repeated() {
        int secNo = Databases.section(SHARD, 1);
        Answer first = service.register(SHARD, Databases.student(SHARD), secNo);

        assertThat(service.delete(first.header("Location")).status()).isEqualTo(204);
        assertThat(service.delete(first.header("Location")).status()).isEqualTo(204);

        assertThat(taken(secNo)).isZero();
        assertThat(service.get(first.header("Location")).text("status")).isEqualTo("WITHDRAWN");
        assertThat(service.register(SHARD, Databases.student(SHARD), secNo).status())
                .isEqualTo(201);
    }

    @Test
    void after_withdrawing_a_student_can_register_again() {
        int stno = Databases.student(SHARD);
        int secNo = Databases.section(SHARD, 1);
        Answer first = service.register(SHARD, stno, secNo);
        service.delete(first.header("Location"));

        Answer again = service.register(SHARD, stno, secNo);

        assertThat(again.status()).isEqualTo(201);
        assertThat(again.text("id")).isEqualTo(first.text("id"));
        assertThat(Instant.parse(again.text("createdAt"))).isAfter(Instant.parse(first.text("createdAt")));
        assertThat(taken(secNo)).isEqualTo(1);
    }

    @Test
    void a_registration_shows_what_the_master_has_of_it() {
        int stno = Databases.student(SHARD, 4, "Nguyễn", "Văn", "Đức");
        int secNo = Databases.section(SHARD, 1);
        Answer created = service.register(SHARD, stno, secNo);
        String path = created.header("Location");

        Answer pending = service.get(path);
        Databases.bring(SHARD, created.regId());
        Answer synced = service.get(path);
        service.delete(path);
        Answer withdrawn = service.get(path);

        assertThat(pending.status()).isEqualTo(200);
        assertThat(pending.text("syncStatus")).isEqualTo("PENDING");
        assertThat(pending.body().path("masterRegId").isNull()).isTrue();
        assertThat(pending.body().path("masterAvailable").booleanValue()).isTrue();
        assertThat(pending.text("studentName")).isEqualTo("Nguyễn Văn Đức");
        assertThat(pending.body().path("section").path("courseName").stringValue())
                .isEqualTo("Databases");

        assertThat(synced.text("syncStatus")).isEqualTo("SYNCED");
        assertThat(synced.body().path("masterRegId").longValue())
                .isEqualTo(Databases.count(
                        Databases.master(),
                        "select reg_id from registrations where shard_name = ? and shard_reg_id = ?",
                        SHARD,
                        created.regId()));
        assertThat(synced.body().path("latencyMs").longValue())
                .isPositive()
                .isEqualTo(ServiceUnderTest.millisToSync(synced.body()));
        assertThat(synced.text("createdAt")).isEqualTo(created.text("createdAt"));

        // The master still has the state before.
        assertThat(withdrawn.text("status")).isEqualTo("WITHDRAWN");
        assertThat(withdrawn.text("syncStatus")).isEqualTo("PENDING");
    }

    private long taken(int secNo) {
        return Databases.count(Databases.shard(SHARD), "select enrolled from sections where sec_no = ?", secNo);
    }

    private long outboxRows(Answer answer) {
        return Databases.count(
                Databases.shard(SHARD),
                "select count(*) from outbox where entity = 'registration' and entity_id = ?",
                answer.regId());
    }

    private static void assertProblem(Answer answer, int status, String code, String named) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text("code")).isEqualTo(code);
        assertThat(answer.text("detail")).contains(named);
    }
}
