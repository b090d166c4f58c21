package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ghidanh.sql.Session.Refused;
import java.util.List;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a registrar would refuse, at the functions, and what each refusal tells. */
class RulesIT {

    private static final String SHARD = "5433";
    private static final String MONDAY = "T2 1-3";
    private static final String TUESDAY = "T3 1-3";

    private final Enrollment enrollment = new Enrollment();
    private final Session shard = enrollment.shard(SHARD);
    private final int student = enrollment.student(SHARD);

    @AfterEach
    void close() {
        enrollment.close();
    }

    @Test
    void two_classes_at_the_same_time_clash_by_a_single_period() {
        int held = section(1, MONDAY, course("Giải tích 1", 4));
        registered(held);

        assertThat(wish(section(1, "Thứ 2 (tiết 3-5)", course("Đại số", 3))))
                .isEqualTo("time_clash|{\"clashesWith\": {\"time\": \"T2 1-3\", \"secNo\": " + held
                        + ", \"courseName\": \"Giải tích 1\"}}");
        assertThat(wish(section(1, "T2 4-6", course("Vật lý", 3)))).isEqualTo("registered|");
        assertThat(wish(section(2, MONDAY, course("Hóa học", 3)))).isEqualTo("registered|");
    }

    @Test
    void a_time_that_nobody_understands_clashes_with_nothing_and_is_listed() {
        registered(section(1, "thỏa thuận", course("Thực tập", 3)));
        int unclear = section(1, "thỏa thuận", course("Đồ án", 3));

        assertThat(wish(unclear)).isEqualTo("registered|");
        assertThat(shard.rows("select sec_no from sections_without_slots where sec_no = ?", unclear))
                .hasSize(1);
        shard.execute("update sections set time = 'CN 1-3' where sec_no = ?", unclear);
        assertThat(shard.rows("select sec_no from sections_without_slots where sec_no = ?", unclear))
                .isEmpty();
    }

    @Test
    void slots_are_what_the_text_says_whoever_writes_them() {
        int secNo = section(1, MONDAY, course("Giải tích 1", 4));
        String slots = shard.text("select slots from sections where sec_no = ?", secNo);

        shard.execute("update sections set slots = null where sec_no = ?", secNo);
        assertThat(shard.text("select slots from sections where sec_no = ?", secNo))
                .isEqualTo(slots)
                .contains("111");
    }

    @Test
    void one_class_of_a_course_in_a_term_and_again_in_another() {
        int course = course("Giải tích 1", 4);
        int held = section(1, MONDAY, course);
        registered(held);

        assertThat(wish(section(1, TUESDAY, course)))
                .startsWith("same_course|{\"holds\": {")
                .contains("\"secNo\": " + held);
        assertThat(wish(section(2, MONDAY, course))).isEqualTo("registered|");
    }

    @Test
    void what_was_withdrawn_and_what_was_cancelled_stand_in_the_way_of_nothing() {
        int course = course("Giải tích 1", 4);
        int withdrawn = section(1, MONDAY, course);
        int cancelled = section(1, TUESDAY, course("Đại số", 3));
        registered(withdrawn);
        registered(cancelled);
        assertThat(withdraw(withdrawn)).isEqualTo("withdrawn|");
        shard.execute("update sections set cancelled = true where sec_no = ?", cancelled);
        shard.execute("update rules set credit_limit = 8");

        assertThat(wish(section(1, MONDAY, course))).isEqualTo("registered|");
        assertThat(wish(section(1, TUESDAY, course("Vật lý", 4)))).isEqualTo("registered|");
    }

    @Test
    void the_credits_of_a_term_are_limited_by_the_student_s_number_else_the_term_s_else_the_default() {
        registered(section(1, MONDAY, course("Giải tích 1", 4)));
        int next = section(1, TUESDAY, course("Đại số", 3));

        shard.execute("update rules set credit_limit = 6");
        assertThat(wish(next)).isEqualTo("credit_limit|{\"held\": 4, \"asked\": 3, \"limit\": 6}");
        shard.execute("insert into term_limits values (2026, 1, 5)");
        assertThat(wish(next)).isEqualTo("credit_limit|{\"held\": 4, \"asked\": 3, \"limit\": 5}");
        shard.execute("update students set credit_limit = 7 where stno = ?", student);
        assertThat(wish(next)).isEqualTo("registered|");
        assertThat(wish(section(2, MONDAY, course("Vật lý", 7)))).isEqualTo("registered|");
    }

    @Test
    void a_term_has_the_windows_of_everybody_of_a_university_and_of_a_cohort() {
        int secNo = section(1, MONDAY, course("Giải tích 1", 4));
        window("now() + interval '1 day'", "now() + interval '2 days'", "null", "null");
        assertThat(wish(secNo)).matches("not_open\\|\\{\"opens\": \"20..-..-..T..:..:..Z\"}");

        shard.execute(
                "update registration_windows set opens = now() - interval '2 days', closes = now() - interval '1 hour'");
        assertThat(wish(secNo)).matches("closed\\|\\{\"closed\": \"20..-..-..T..:..:..Z\"}");

        window("now() - interval '1 hour'", "'infinity'", "null", "2025");
        assertThat(wish(secNo)).startsWith("closed|");
        shard.execute("update students set cohort = 2024 where stno = ?", student);
        assertThat(wish(secNo)).startsWith("closed|");
        shard.execute("update students set cohort = 2025 where stno = ?", student);
        assertThat(wish(secNo)).isEqualTo("registered|");
        assertThat(wish(section(2, MONDAY, course("Vật lý", 7)))).isEqualTo("registered|");
    }

    @Test
    void a_term_whose_windows_are_all_of_others_is_not_open() {
        shard.execute("insert into universities values (2, 'Đại học khác', 'public')");
        window("now() - interval '1 hour'", "'infinity'", "2", "null");

        assertThat(wish(section(1, MONDAY, course("Giải tích 1", 4)))).isEqualTo("not_open|{}");
    }

    @Test
    void a_past_term_is_past_for_registering_and_withdrawing() {
        int secNo = section(1, MONDAY, course("Giải tích 1", 4));
        registered(secNo);
        shard.execute("update rules set year = 2026, semester = 2");

        assertThat(withdraw(secNo)).isEqualTo("past_term|{\"year\": 2026, \"semester\": 1}");
        assertThat(wish(section(1, TUESDAY, course("Đại số", 3))))
                .isEqualTo("past_term|{\"year\": 2026, \"semester\": 1}");
        assertThat(wish(section(2, TUESDAY, course("Vật lý", 3)))).isEqualTo("registered|");
    }

    @Test
    void a_student_on_hold_a_cancelled_section_and_one_kept_for_others_are_refused() {
        int secNo = section(1, MONDAY, course("Giải tích 1", 4));

        shard.execute("insert into section_audience values (?, null, 'Bác sĩ')", secNo);
        assertThat(wish(secNo)).isEqualTo("not_eligible|");
        shard.execute("insert into section_audience values (?, 1, null)", secNo);
        shard.execute("update students set hold_reason = 'chưa đóng học phí' where stno = ?", student);
        assertThat(wish(secNo)).isEqualTo("on_hold|{\"reason\": \"chưa đóng học phí\"}");
        shard.execute("update students set hold_reason = null where stno = ?", student);
        shard.execute("update sections set cancelled = true where sec_no = ?", secNo);
        assertThat(wish(secNo)).isEqualTo("section_cancelled|");
        shard.execute("update sections set cancelled = false where sec_no = ?", secNo);
        assertThat(wish(secNo)).isEqualTo("registered|");
    }

    @Test
    void who_has_the_seat_hears_that_before_any_rule_and_a_rule_before_the_full_room() {
        int secNo = section(1, MONDAY, course("Giải tích 1", 4));
        int full = section(1, TUESDAY, course("Đại số", 3));
        registered(secNo);
        shard.execute("update sections set capacity = 0 where sec_no = ?", full);
        assertThat(wish(full)).isEqualTo("section_full|");
        shard.execute("update students set hold_reason = 'chưa đóng học phí' where stno = ?", student);

        assertThat(wish(secNo)).isEqualTo("already_registered|");
        assertThat(wish(full)).startsWith("on_hold|");
    }

    @Test
    void wishes_of_one_call_are_judged_in_their_order_each_against_those_given_before() {
        int another = enrollment.student(SHARD);
        int course = course("Giải tích 1", 4);
        int first = section(1, MONDAY, course);
        int clashing = section(1, MONDAY, course("Đại số", 3));
        int same = section(1, TUESDAY, course);
        int last = section(1, TUESDAY, course("Vật lý", 3));
        int beyond = section(1, "T4 1-3", course("Hóa học", 2));
        int taken = section(1, "T5 1-3", course("Tin học", 2));
        int instead = section(1, "T5 1-3", course("Tin học 2", 2));
        shard.execute("update sections set capacity = 1 where sec_no = ?", taken);
        shard.execute("update rules set credit_limit = 9");
        int s = student;

        assertThat(shard.rows(
                        "select ord, outcome, coalesce((details -> 'limit')::text, details #>> '{clashesWith,secNo}',"
                                + " details #>> '{holds,secNo}') from register_students(?, ?)",
                        new int[] {another, s, s, s, s, s, another, s, s, s},
                        new int[] {taken, first, clashing, same, first, last, clashing, taken, instead, beyond}))
                .containsExactly(
                        "1|registered|",
                        "2|registered|",
                        "3|time_clash|" + first,
                        "4|same_course|" + first,
                        "5|already_registered|",
                        "6|registered|",
                        "7|registered|",
                        "8|section_full|",
                        "9|registered|",
                        "10|credit_limit|9");
        assertThat(enrollment.wrongSeats(SHARD)).isEmpty();
    }

    @Test
    void a_graded_class_stays_and_so_does_one_after_the_last_day() {
        int graded = section(1, MONDAY, course("Giải tích 1", 4));
        int late = section(1, TUESDAY, course("Đại số", 3));
        int cancelled = section(1, "T4 1-3", course("Vật lý", 3));
        List.of(graded, late, cancelled).forEach(this::registered);
        shard.execute("update registrations set mark = 8.5 where sec_no = ?", graded);
        shard.execute("update sections set cancelled = true where sec_no = ?", cancelled);
        window("now() - interval '3 days'", "now() - interval '2 days'", "null", "null");
        assertThat(withdraw(graded)).isEqualTo("graded|");
        shard.execute("update registration_windows set drop_until = now() - interval '1 day'");

        assertThat(withdraw(late)).matches("too_late\\|\\{\"dropUntil\": \"20..-..-..T..:..:..Z\"}");
        assertThat(withdraw(cancelled)).isEqualTo("withdrawn|");
        window("now() - interval '3 days'", "now() - interval '2 days'", "1", "null");
        assertThat(withdraw(late)).isEqualTo("withdrawn|");
        assertThat(withdraw(late)).isEqualTo("already_withdrawn|");
        assertThat(enrollment.wrongSeats(SHARD)).isEmpty();
    }

    @Test
    void what_only_the_registrar_sets_is_no_news_for_the_master() {
        int secNo = section(1, MONDAY, course("Giải tích 1", 4));
        shard.execute("delete from outbox");
        String versions = shard.text(
                "select max(s.version), max(c.version) from students s cross join sections c where sec_no = ?", secNo);

        shard.execute("update students set hold_reason = 'x', credit_limit = 20, cohort = 2025");
        shard.execute("update sections set cancelled = true");

        assertThat(shard.text(
                        "select max(s.version), max(c.version) from students s cross join sections c where sec_no = ?",
                        secNo))
                .isEqualTo(versions);
        assertThat(shard.rows("select * from outbox")).isEmpty();
    }

    @Test
    void two_requests_of_one_student_wait_for_each_other_however_different_their_sections() {
        int first = section(1, MONDAY, course("Giải tích 1", 4));
        int second = section(1, MONDAY, course("Đại số", 3));
        Session other = enrollment.openShard(SHARD);
        other.begin().execute("select register_students(?, ?)", new int[] {student}, new int[] {first});

        Session waiting = enrollment.openShard(SHARD);
        int pid = waiting.pid();
        assertThat(enrollment
                        .openShard(SHARD)
                        .rows("select held_registrations(?, ?)", new int[] {student}, new int[] {second}))
                .containsExactly("0");
        Future<String> outcome = Waiting.start(() ->
                waiting.text("select outcome from register_students(?, ?)", new int[] {student}, new int[] {second}));
        Waiting.untilBlocked(Servers.shard(SHARD), pid);
        other.commit();

        assertThat(Waiting.result(outcome)).isEqualTo("time_clash");
    }

    @Test
    void who_writes_plain_sql_is_judged_where_the_shard_says_so() {
        int held = section(1, MONDAY, course("Giải tích 1", 4));
        int clashing = section(1, MONDAY, course("Đại số", 3));
        int free = section(1, TUESDAY, course("Vật lý", 3));
        insert(held);
        insert(clashing);
        shard.execute("update registrations set status = 'withdrawn' where sec_no = ?", clashing);

        shard.execute("update rules set judge = 'database'");

        assertThat(refusal(() ->
                        shard.execute("update registrations set status = 'registered' where sec_no = ?", clashing)))
                .contains("time_clash", "Giải tích 1");
        assertThat(refusal(() -> insert(section(1, "T2 3-4", course("Hóa học", 3)))))
                .contains("time_clash", "Giải tích 1");
        assertThat(refusal(() -> shard.execute(
                        "insert into registrations (stno, sec_no) values (?, ?), (?, ?)",
                        student,
                        section(1, "T3 4-6", course("Sinh học", 3)),
                        student,
                        section(1, "T3 6-7", course("Lịch sử", 3)))))
                .contains("time_clash", "Sinh học");
        insert(free);
        assertThat(wish(clashing)).startsWith("time_clash|");
        shard.execute("update registrations set mark = 8 where sec_no = ?", held);
        assertThat(refusal(() -> shard.execute("update registrations set status = 'withdrawn' where sec_no = ?", held)))
                .contains("graded");
        shard.execute("update registrations set status = 'withdrawn' where sec_no = ?", free);
        assertThat(withdraw(free)).isEqualTo("already_withdrawn|");
        assertThat(shard.text("select outcome from override_registration(?, ?, 'được phép')", student, clashing))
                .isEqualTo("registered");
        assertThat(enrollment.wrongSeats(SHARD)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            registration_windows_order; insert into registration_windows values (1, 2026, 1, null, null, now(), now(), now())
            registration_windows_order; insert into registration_windows values (1, 2026, 1, null, null, now(), 'infinity', '2020-01-01')
            registration_windows_order; insert into registration_windows values (1, 2026, 1, null, null, '-infinity', now(), now())
            students_hold_reason;       update students set hold_reason = ''
            students_credit_limit;      update students set credit_limit = -1
            section_audience_who;       insert into section_audience values (1, null, null)
            rules_term;                 update rules set year = 2026
            rules_one;                  insert into rules (one) values (false)
            rules_judge;                update rules set judge = 'nobody'
            rules_credit_limit;         update rules set credit_limit = -1
            term_limits_credit_limit;   insert into term_limits values (2026, 1, -1)
            """)
    void what_no_rule_can_mean_is_refused_by_name(String constraint, String statement) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> shard.execute(statement))
                .withMessageContaining(constraint)
                .extracting(Refused::state)
                .isEqualTo("23514");
    }

    private int course(String name, int credits) {
        return (int) shard.number(
                "insert into courses select max(c_no) + 1, ?, ? from courses returning c_no", name, credits);
    }

    private int section(int semester, String time, int course) {
        return (int) shard.number("""
                insert into sections (year, semester, time, hall, c_no, capacity)
                values (2026, ?, ?, 'A1', ?, 10)
                returning sec_no
                """, semester, time, course);
    }

    private void window(String opens, String closes, String university, String cohort) {
        shard.execute("""
                insert into registration_windows (year, semester, u_id, cohort, opens, closes, drop_until)
                values (2026, 1, %s, %s, %s, %s, 'infinity')
                """.formatted(university, cohort, opens, closes));
    }

    private void insert(int secNo) {
        shard.execute("insert into registrations (stno, sec_no) values (?, ?)", student, secNo);
    }

    private static String refusal(ThrowingCallable statement) {
        var refused = catchThrowableOfType(Refused.class, statement);
        assertThat(refused.state()).isEqualTo("RM012");
        return refused.getMessage();
    }

    private String wish(int secNo) {
        return shard.text(
                "select outcome, details from register_students(?, ?)", new int[] {student}, new int[] {secNo});
    }

    private void registered(int secNo) {
        assertThat(wish(secNo)).isEqualTo("registered|");
    }

    private String withdraw(int secNo) {
        long regId = shard.number("select reg_id from registrations where stno = ? and sec_no = ?", student, secNo);
        return shard.text("select outcome, details from withdraw_registrations(?)", new long[] {regId});
    }
}
