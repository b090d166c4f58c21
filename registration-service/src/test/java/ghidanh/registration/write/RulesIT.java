package ghidanh.registration.write;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import ghidanh.registration.ServiceUnderTest.Answer;
import ghidanh.servers.PostgresServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the rules of a registration refuse, as a client sees it. Each test has a term of its own, long ago. */
class RulesIT {

    private static final String SHARD = "5433";
    private static final AtomicInteger YEAR = new AtomicInteger(1950);
    private static final String TIME = "20..-..-..T..:..:..Z";

    private final ServiceUnderTest service = ServiceUnderTest.shared();
    private final PostgresServer shard = Databases.shard(SHARD);
    private final int stno = Databases.student(SHARD);
    private final int year = YEAR.incrementAndGet();

    @Test
    void a_class_at_the_time_of_another_names_that() {
        int held = section("T2 1-3");
        int asked = section("Thứ 2, tiết 3-4");
        service.register(SHARD, stno, held);

        Answer answer = refused(asked, "TIME_CLASH", "Student " + stno + " has another section at this time");
        assertThat(answer.body().path("clashesWith").path("secNo").intValue()).isEqualTo(held);
        assertThat(answer.body().path("clashesWith").path("courseName").stringValue())
                .isEqualTo("Databases");
        assertThat(answer.body().path("clashesWith").path("time").stringValue()).isEqualTo("T2 1-3");
        assertThat(answer.body().path("stno").intValue()).isEqualTo(stno);
        assertThat(answer.body().path("secNo").intValue()).isEqualTo(asked);
        assertThat(answer.text("shard")).isEqualTo(SHARD);
    }

    @Test
    void a_second_class_of_a_course_names_the_first() {
        int held = section("T2 1-3");
        int asked = section("T3 1-3");
        Databases.execute(
                shard,
                "update sections set c_no = (select c_no from sections where sec_no = ?) where sec_no = ?",
                held,
                asked);
        service.register(SHARD, stno, held);

        Answer answer = refused(asked, "SAME_COURSE", "section " + held);
        assertThat(answer.body().path("holds").path("secNo").intValue()).isEqualTo(held);
    }

    @Test
    void too_many_credits_are_counted() {
        Databases.execute(shard, "insert into term_limits values (?, 1, 5)", year);
        service.register(SHARD, stno, section("T2 1-3"));

        Answer answer = refused(section("T3 1-3"), "CREDIT_LIMIT", "has 3 credits in this term and may have 5");
        assertThat(answer.body().path("limit").intValue()).isEqualTo(5);
        assertThat(answer.body().path("held").intValue()).isEqualTo(3);
        assertThat(answer.body().path("asked").intValue()).isEqualTo(3);
    }

    @Test
    void a_registration_period_says_when() {
        int secNo = section("T2 1-3");
        window("null", "now() + interval '1 day'", "now() + interval '2 days'");
        assertThat(refused(secNo, "REGISTRATION_NOT_OPEN", "before").text("opens"))
                .matches(TIME);

        Databases.execute(
                shard,
                "update registration_windows set opens = '2020-01-01', closes = '2020-01-02', drop_until = '2020-01-03'"
                        + " where year = ?",
                year);
        assertThat(refused(secNo, "REGISTRATION_CLOSED", "since 2020-01-02T00:00:00Z")
                        .text("closed"))
                .isEqualTo("2020-01-02T00:00:00Z");

        Databases.execute(shard, "update registration_windows set cohort = 1900 where year = ?", year);
        assertThat(refused(secNo, "REGISTRATION_NOT_OPEN", "in any registration period")
                        .body()
                        .has("opens"))
                .isFalse();
    }

    @Test
    void a_student_on_hold_hears_why() {
        Databases.execute(shard, "update students set hold_reason = 'chưa đóng học phí' where stno = ?", stno);

        assertThat(refused(section("T2 1-3"), "ON_HOLD", "chưa đóng học phí").text("reason"))
                .isEqualTo("chưa đóng học phí");
    }

    @Test
    void cancelled_sections_and_those_kept_for_others_are_refused() {
        int secNo = section("T2 1-3");
        Databases.execute(shard, "insert into section_audience (sec_no, prog_degree) values (?, 'Bác sĩ')", secNo);
        refused(secNo, "NOT_ELIGIBLE", "kept for");

        Databases.execute(shard, "update sections set cancelled = true where sec_no = ?", secNo);
        refused(secNo, "SECTION_CANCELLED", "is cancelled");
    }

    /** An instance of the release before, beside a newer one that has migrated the shard. */
    @Test
    void what_a_newer_release_refuses_is_refused_to_one_and_not_to_all() {
        String signature = "(integer[], integer[], text[], text[], boolean[])";
        int asked = section("T2 1-3");
        int other = section("T3 1-3");
        Databases.execute(
                shard, "alter function register_students" + signature + " rename to register_students_before");
        try {
            Databases.execute(shard, """
                    create function register_students(stnos integer[], sec_nos integer[], traceparents text[], actors text[], waits boolean[])
                        returns table (
                            ord integer, outcome text, reg_id bigint, created_at timestamptz, synced_at timestamptz, details jsonb)
                        language sql security definer
                    as $$
                        select r.ord, case when sec_nos[r.ord] = %d then 'too_early_in_the_day' else r.outcome end, r.reg_id,
                               r.created_at, r.synced_at, r.details
                          from public.register_students_before(stnos, sec_nos, traceparents, actors, waits) r
                    $$
                    """.formatted(asked));
            Answer batch = service.post("/api/registrations:batch", """
                    {"registrations": [{"shard": "%1$s", "stno": %2$d, "secNo": %3$d}, {"shard": "%1$s", "stno": %2$d, "secNo": %4$d}]}
                    """.formatted(SHARD, stno, asked, other));

            assertThat(batch.body().findValuesAsString("code")).containsExactly("NEWER_RULE");
            assertThat(batch.body()
                            .path("results")
                            .valueStream()
                            .map(one -> one.path("status").intValue()))
                    .containsExactly(409, 201);
        } finally {
            Databases.execute(shard, "drop function if exists register_students" + signature);
            Databases.execute(
                    shard, "alter function register_students_before" + signature + " rename to register_students");
        }
        assertThat(WithdrawalOutcome.Kind.of("held_by_the_dean")).isEqualTo(WithdrawalOutcome.Kind.NEWER_RULE);
    }

    @Test
    void a_past_term_is_over_for_registering_and_withdrawing() {
        Answer registered = service.register(SHARD, stno, section("T2 1-3"));
        Databases.execute(shard, "update rules set year = ?, semester = 2", year);
        try {
            Answer answer = refused(section("T3 1-3"), "PAST_TERM", "semester 1 of " + year);
            assertThat(answer.body().path("year").intValue()).isEqualTo(year);
            assertThat(answer.body().path("semester").intValue()).isEqualTo(1);
            problem(service.delete(registered.header("Location")), "PAST_TERM", registered.text("id"));
            problem(
                    service.post(
                            "/api/sections/" + SHARD + "/"
                                    + registered.body().path("secNo").intValue() + ":cancel",
                            "{\"reason\":\"x\"}"),
                    "PAST_TERM",
                    "is of a term that is past");
        } finally {
            Databases.execute(shard, "update rules set year = null, semester = null");
        }
    }

    @Test
    void a_graded_registration_and_one_after_the_last_day_stay() {
        int secNo = section("T2 1-3");
        Answer registered = service.register(SHARD, stno, secNo);
        Databases.execute(shard, "update registrations set mark = 9 where reg_id = ?", registered.regId());
        problem(service.delete(registered.header("Location")), "GRADED", "has a grade");

        Databases.execute(shard, "update registrations set mark = null where reg_id = ?", registered.regId());
        window("null", "'2020-01-01'", "'2020-01-02'");
        assertThat(problem(service.delete(registered.header("Location")), "WITHDRAWAL_CLOSED", "2020-01-02")
                        .text("dropUntil"))
                .isEqualTo("2020-01-02T00:00:00Z");
        assertThat(service.get(registered.header("Location")).text("status")).isEqualTo("REGISTERED");
    }

    @Test
    void each_wish_of_a_basket_is_answered_against_those_before_it() {
        int first = section("T2 1-3");
        int clashing = section("T2 2-4");
        int last = section("T3 1-3");
        String wishes = "{\"registrations\":[" + wish(first) + "," + wish(clashing) + "," + wish(last) + "]}";

        Answer answer = service.post("/api/registrations:batch", wishes);

        var results = answer.body().path("results");
        assertThat(results.path(0).path("status").intValue()).isEqualTo(201);
        assertThat(results.path(1).path("status").intValue()).isEqualTo(409);
        assertThat(results.path(1).path("problem").path("code").stringValue()).isEqualTo("TIME_CLASH");
        assertThat(results.path(1)
                        .path("problem")
                        .path("clashesWith")
                        .path("secNo")
                        .intValue())
                .isEqualTo(first);
        assertThat(results.path(2).path("status").intValue()).isEqualTo(201);
    }

    @Test
    void a_swap_takes_the_other_class_in_place_of_the_first() {
        int held = section("T2 1-3");
        int wanted = section("T2 2-4");
        String first = service.register(SHARD, stno, held).header("Location");

        Answer swapped = swap(first, wanted);
        assertThat(swapped.status()).isEqualTo(201);
        assertThat(swapped.body().path("secNo").intValue()).isEqualTo(wanted);
        assertThat(swapped.body().path("stno").intValue()).isEqualTo(stno);
        assertThat(swapped.text("status")).isEqualTo("REGISTERED");
        assertThat(service.get(first).text("status")).isEqualTo("WITHDRAWN");
        assertThat(service.get(swapped.header("Location")).text("status")).isEqualTo("REGISTERED");

        Answer again = swap(first, wanted);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.header("Location")).isEqualTo(swapped.header("Location"));
        assertThat(again.text("createdAt")).isEqualTo(swapped.text("createdAt"));
    }

    @Test
    void a_swap_that_is_refused_on_either_side_changes_nothing() {
        int held = section("T2 1-3");
        int another = section("T3 1-3");
        int clashing = section("T3 2-4");
        int full = section("T4 1-3");
        Databases.execute(shard, "update sections set capacity = 0 where sec_no = ?", full);
        Answer registered = service.register(SHARD, stno, held);
        String first = registered.header("Location");
        service.register(SHARD, stno, another);

        Answer clash = problem(swap(first, clashing), "TIME_CLASH", "Student " + stno + " has another section");
        assertThat(clash.body().path("clashesWith").path("secNo").intValue()).isEqualTo(another);
        problem(swap(first, full), "SECTION_FULL", "Section " + full);
        assertThat(swap(first, 2_000_000_000).status()).isEqualTo(404);
        assertThat(swap("/api/registrations/5433-900000000000", full).text("code"))
                .isEqualTo("UNKNOWN_REGISTRATION");
        Databases.execute(shard, "update registrations set mark = 9 where reg_id = ?", registered.regId());
        problem(swap(first, section("T5 1-3")), "GRADED", "has a grade");
        assertThat(service.get(first).text("status")).isEqualTo("REGISTERED");
        assertThat(service.post(first + ":swap", "{\"secNo\":\"x\",\"stno\":1}").status())
                .isEqualTo(400);
    }

    @Test
    void a_registrar_sets_the_rules_aside_and_the_history_says_why() {
        int held = section("T2 1-3");
        int clashing = section("T2 2-4");
        int full = section("T4 1-3");
        Databases.execute(shard, "update sections set capacity = 0 where sec_no = ?", full);
        service.register(SHARD, stno, held);

        Answer answer = service.register(override(clashing, "hội đồng đã duyệt"));
        assertThat(answer.status()).isEqualTo(201);
        assertThat(service.get(answer.header("Location") + "/history")
                        .body()
                        .path("items")
                        .findValuesAsString("reason"))
                .containsExactly("hội đồng đã duyệt");
        problem(service.register(override(full, "x")), "SECTION_FULL", "has no seat left");
        Answer batch = service.post(
                "/api/registrations:batch", "{\"registrations\":[" + override(section("T2 3"), "x") + "]}");
        assertThat(batch.body().path("results").path(0).path("status").intValue())
                .isEqualTo(201);
        assertThat(service.register(override(clashing, " ")).status()).isEqualTo(400);
        assertThat(service.register(override(clashing, "x".repeat(201))).status())
                .isEqualTo(400);
    }

    @Test
    void a_hold_keeps_a_student_out_until_it_is_lifted() {
        String student = "/api/students/" + SHARD + "/" + stno;
        int secNo = section("T2 1-3");
        assertThat(service.post(student + ":hold", "{\"reason\":\"chưa đóng học phí\"}")
                        .status())
                .isEqualTo(204);
        assertThat(refused(secNo, "ON_HOLD", "chưa đóng học phí").text("reason"))
                .isEqualTo("chưa đóng học phí");
        assertThat(service.post(student + ":release", "{}").status()).isEqualTo(400);
        assertThat(service.post(student + ":release", "{\"reason\":\"đã đóng\"}")
                        .status())
                .isEqualTo(204);
        assertThat(service.register(SHARD, stno, secNo).status()).isEqualTo(201);
        assertThat(Databases.text(
                        shard,
                        "select string_agg(action || ' ' || reason, ', ' order by logged_at) from registrar_log where stno = ?",
                        stno))
                .isEqualTo("hold chưa đóng học phí, release đã đóng");
    }

    @Test
    void a_cancelled_section_lets_everybody_go_but_the_graded() throws Exception {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        int secNo = Databases.section(SHARD, 2_000, year, 1);
        int first = Databases.students(SHARD, 1_101);
        Databases.execute(shard, """
                select register_students(array(select generate_series(?::integer, ?)), array_fill(?::integer, array[1101]))
                """, first, first + 1_100, secNo);
        Databases.execute(shard, "update registrations set mark = 9 where sec_no = ? and stno = ?", secNo, first);
        String cancel = "/api/sections/" + SHARD + "/" + secNo + ":cancel";

        service.bean(Doorbell.class).await(SHARD, Duration.ZERO);

        Answer answer = service.send(service.request(
                        cancel,
                        "Content-Type",
                        "application/json",
                        "traceparent",
                        "00-" + trace + "-00f067aa0ba902b7-01")
                .POST(BodyPublishers.ofString("{\"reason\":\"ít sinh viên\"}"))
                .build());
        assertThat(answer.body().path("withdrawn").intValue()).isEqualTo(1_100);
        assertThat(Databases.count(
                        shard,
                        "select count(*) from outbox where entity = 'registration' and traceparent like ?",
                        "00-" + trace + "-%"))
                .isEqualTo(1_100);
        assertThat(service.bean(Doorbell.class).await(SHARD, Duration.ZERO))
                .as("the relay was told")
                .isTrue();
        assertThat(answer.body().path("graded").intValue()).isEqualTo(1);
        assertThat(Databases.count(shard, "select enrolled from sections where sec_no = ?", secNo))
                .isEqualTo(1);
        assertThat(service.post(cancel, "{\"reason\":\"ít sinh viên\"}")
                        .body()
                        .path("withdrawn")
                        .intValue())
                .isZero();
        refused(secNo, "SECTION_CANCELLED", "is cancelled");
        assertThat(service.post("/api/sections/" + SHARD + "/2000000000:cancel", "{\"reason\":\"x\"}")
                        .text("code"))
                .isEqualTo("UNKNOWN_SECTION");
    }

    @Test
    void seats_are_added_to_a_section_and_taken_back() {
        int secNo = Databases.section(SHARD, 1, year, 1);
        String seats = "/api/sections/" + SHARD + "/" + secNo + ":seats";
        service.register(SHARD, Databases.student(SHARD), secNo);
        refused(secNo, "SECTION_FULL", "no seat left");

        assertThat(service.post(seats, "{\"extraSeats\":1,\"reason\":\"phòng lớn hơn\"}")
                        .status())
                .isEqualTo(204);
        assertThat(service.register(SHARD, stno, secNo).status()).isEqualTo(201);
        assertThat(service.post(seats, "{\"extraSeats\":0,\"reason\":\"phòng cũ\"}")
                        .text("code"))
                .isEqualTo("SEATS_TAKEN");
        assertThat(service.post(seats, "{\"extraSeats\":-1}")
                        .body()
                        .path("errors")
                        .findValuesAsString("pointer"))
                .containsExactlyInAnyOrder("/extraSeats", "/reason");
    }

    private String override(int secNo, String reason) {
        return wish(secNo).replace("}", ",\"overrideReason\":\"" + reason + "\"}");
    }

    private Answer swap(String registration, int secNo) {
        return service.post(registration + ":swap", "{\"secNo\":" + secNo + "}");
    }

    private String wish(int secNo) {
        return "{\"shard\":\"" + SHARD + "\",\"stno\":" + stno + ",\"secNo\":" + secNo + "}";
    }

    private int section(String time) {
        int secNo = Databases.section(SHARD, 10, year, 1);
        Databases.execute(shard, "update sections set time = ? where sec_no = ?", time, secNo);
        return secNo;
    }

    private void window(String cohort, String opens, String closes) {
        Databases.execute(shard, """
                insert into registration_windows (year, semester, cohort, opens, closes, drop_until)
                values (%1$d, 1, %2$s, %3$s, %4$s, %4$s)
                """.formatted(year, cohort, opens, closes));
    }

    private Answer refused(int secNo, String code, String words) {
        return problem(service.register(SHARD, stno, secNo), code, words);
    }

    private static Answer problem(Answer answer, String code, String words) {
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.text("code")).isEqualTo(code);
        assertThat(answer.text("detail")).contains(words);
        return answer;
    }
}
