package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ghidanh.sql.Session.Refused;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a registrar does past the rules, and what is kept of it. */
class RegistrarDeskIT {

    private static final String SHARD = "5433";
    private static final String LAN = "registrar:lan";

    private final Enrollment enrollment = new Enrollment();
    private final Session shard = enrollment.shard(SHARD);
    private final int student = enrollment.student(SHARD);

    @AfterEach
    void close() {
        enrollment.close();
    }

    @Test
    void an_override_passes_every_rule_and_its_reason_is_in_the_history() {
        int held = section("T2 1-3", 10);
        int wanted = section("T2 2-4", 10);
        register(held);
        shard.execute(
                "update students set hold_reason = 'chưa đóng học phí', credit_limit = 1 where stno = ?", student);
        shard.execute("update sections set cancelled = true where sec_no = ?", wanted);
        shard.execute("insert into section_audience values (?, null, 'Bác sĩ')", wanted);
        shard.execute("insert into registration_windows (year, semester, opens, closes, drop_until)"
                + " values (2026, 1, '2020-01-01', '2020-01-02', '2020-01-02')");
        shard.execute("update rules set year = 2027, semester = 1");

        assertThat(override(wanted, "hội đồng đã duyệt")).isEqualTo("registered|");
        assertThat(override(wanted, "lần nữa")).isEqualTo("already_registered|");
        assertThat(shard.rows(
                        "select sec_no, changed_by, reason from registration_history where stno = ? order by version",
                        student))
                .containsExactly(held + "|database:postgres|", wanted + "|" + LAN + "|hội đồng đã duyệt");
        assertThat(enrollment.wrongSeats(SHARD)).isEmpty();
    }

    @Test
    void an_override_makes_no_room_no_student_and_no_section_and_ends_with_its_call() {
        int full = section("T2 1-3", 0);
        int held = section("T3 1-3", 10);
        int clashing = section("T3 1-3", 10);

        assertThat(override(full, "x")).isEqualTo("section_full|");
        assertThat(override(999_999, "x")).isEqualTo("unknown_section|");
        assertThat(shard.text("select outcome from override_registration(999999, ?, 'x')", held))
                .isEqualTo("unknown_student");
        register(held);
        assertThat(shard.text("select outcome from register_students(?, ?)", new int[] {student}, new int[] {clashing}))
                .isEqualTo("same_course");
        assertThat(shard.rows("select reason from registration_history where reason is not null"))
                .isEmpty();
        for (String reason : new String[] {"", "null"}) {
            assertThatExceptionOfType(Refused.class)
                    .isThrownBy(() -> override(clashing, reason.equals("null") ? null : reason))
                    .extracting(Refused::state)
                    .isEqualTo("RM010");
        }
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> override(clashing, "x".repeat(201)))
                .withMessageContaining("registration_history_reason");
        assertThat(enrollment.wrongSeats(SHARD)).isEmpty();
    }

    @Test
    void a_student_is_held_and_let_go_by_somebody_for_a_reason() {
        assertThat(shard.text("select hold_student(?, true, 'chưa đóng học phí', ?)", student, LAN))
                .isEqualTo("t");
        assertThat(shard.text("select hold_reason from students where stno = ?", student))
                .isEqualTo("chưa đóng học phí");
        assertThat(shard.text("select hold_student(?, false, 'đã đóng')", student))
                .isEqualTo("t");
        assertThat(shard.text("select hold_reason from students where stno = ?", student))
                .isEmpty();
        assertThat(shard.text("select hold_student(999999, true, 'x')")).isEqualTo("f");
        assertThat(shard.rows("select action, stno, actor, reason from registrar_log order by logged_at"))
                .containsExactly(
                        "hold|" + student + "|" + LAN + "|chưa đóng học phí",
                        "release|" + student + "|database:postgres|đã đóng");
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> shard.text("select hold_student(?, false, '')", student))
                .withMessageContaining("registrar_log_reason");
    }

    @Test
    void a_cancelled_section_empties_in_batches_each_with_its_event_and_goes_on_where_it_stopped() {
        int secNo = section("T2 1-3", 10);
        enrollment.students(SHARD, 4);
        shard.execute(
                "select register_students(array(select stno from students order by stno), array_fill(?::integer,"
                        + " array[5]))",
                secNo);
        shard.execute("update registrations set mark = 8 where stno = ?", student);
        shard.execute("delete from outbox");

        assertThat(cancel(secNo, 3)).isEqualTo("cancelled|3|1|1");
        assertThat(shard.text("select cancelled, enrolled from sections where sec_no = ?", secNo))
                .isEqualTo("t|2");
        assertThat(cancel(secNo, 3)).isEqualTo("cancelled|1|0|1");
        assertThat(cancel(secNo, 3)).isEqualTo("cancelled|0|0|1");

        assertThat(shard.rows("select entity, actor, count(*) from outbox group by 1, 2"))
                .containsExactly("registration|" + LAN + "|4");
        assertThat(shard.rows("select status, reason, count(*) from registration_history where reason is not null"
                        + " group by 1, 2"))
                .containsExactly("withdrawn|ít sinh viên|4");
        assertThat(shard.rows("select action, sec_no, actor, reason from registrar_log"))
                .containsExactly("cancel|" + secNo + "|" + LAN + "|ít sinh viên");
        assertThat(enrollment.wrongSeats(SHARD)).isEmpty();
    }

    @Test
    void what_is_past_or_unknown_is_not_cancelled() {
        int secNo = section("T2 1-3", 10);
        register(secNo);
        shard.execute("update rules set year = 2026, semester = 2");

        assertThat(cancel(secNo, 10)).isEqualTo("past_term|||");
        assertThat(cancel(999_999, 10)).isEqualTo("unknown_section|||");
        assertThat(shard.text("select cancelled, enrolled from sections where sec_no = ?", secNo))
                .isEqualTo("f|1");
        assertThat(shard.rows("select * from registrar_log")).isEmpty();
    }

    @Test
    void registration_is_opened_and_closed_by_somebody_for_a_reason() {
        int first = section("T2 1-3", 10);
        int second = section("T3 1-3", 10);
        int window = open("now() - interval '1 hour'", null);
        register(first);

        assertThat(close(window)).isEqualTo("t");
        assertThat(shard.text("select outcome from register_students(?, ?)", new int[] {student}, new int[] {second}))
                .isEqualTo("closed");
        assertThat(shard.text("select outcome from withdraw_registrations(array(select reg_id from registrations))"))
                .isEqualTo("withdrawn");

        int future = open("now() + interval '1 hour'", null);
        assertThat(close(future)).isEqualTo("t");
        assertThat(shard.rows("select window_id, drop_until from registration_windows"))
                .containsExactly(window + "|infinity");
        assertThat(close(future)).isEqualTo("f");
        assertThat(open("now()", 999_999)).isZero();
        assertThat(shard.rows("select action, window_id, actor, reason from registrar_log order by logged_at"))
                .containsExactly(
                        "open|" + window + "|" + LAN + "|đợt 1",
                        "close|" + window + "|" + LAN + "|xong",
                        "open|" + future + "|" + LAN + "|đợt 1",
                        "close|" + future + "|" + LAN + "|xong");
    }

    @Test
    void extra_seats_go_to_who_waits_and_are_taken_back_while_nobody_has_them() {
        int secNo = section("T2 1-3", 0);
        shard.execute("insert into registrations (stno, sec_no, status) values (?, ?, 'waiting')", student, secNo);

        assertThat(seats(secNo, 1)).isEqualTo("set");
        assertThat(shard.text("select status from registrations where sec_no = ?", secNo))
                .isEqualTo("registered");
        assertThat(seats(secNo, 0)).isEqualTo("seats_taken");
        assertThat(seats(999_999, 1)).isEqualTo("unknown_section");
        assertThat(shard.text(
                        "select outcome from register_students(?, ?)",
                        new int[] {enrollment.student(SHARD)},
                        new int[] {secNo}))
                .isEqualTo("section_full");
        shard.execute("select withdraw_registrations(array(select reg_id from registrations))");
        assertThat(seats(secNo, 0)).isEqualTo("set");
        assertThat(shard.rows("select action, sec_no, extra_seats, actor from registrar_log order by logged_at"))
                .containsExactly("seats|" + secNo + "|1|" + LAN, "seats|" + secNo + "|0|" + LAN);
        assertThat(enrollment.wrongSeats(SHARD)).isEmpty();
    }

    private String seats(int secNo, int extra) {
        return shard.text("select set_extra_seats(?, ?, 'phòng lớn hơn', ?)", secNo, extra, LAN);
    }

    /** The number; 0 where there is no such university. */
    private int open(String opens, @Nullable Integer uId) {
        return (int) shard.number(
                "select coalesce(open_registration(2026, 1, ?::integer, null, " + opens
                        + ", null, null, 'đợt 1', ?), 0)",
                uId,
                LAN);
    }

    private String close(int window) {
        return shard.text("select close_registration(?, 'xong', ?)", window, LAN);
    }

    private String override(int secNo, @Nullable String reason) {
        return shard.text(
                "select outcome, details from override_registration(?, ?, ?, null, ?)", student, secNo, reason, LAN);
    }

    private String cancel(int secNo, int most) {
        return shard.text(
                "select outcome, withdrawn, remaining, graded from cancel_section(?, 'ít sinh viên', ?, null, ?)",
                secNo,
                most,
                LAN);
    }

    private int section(String time, int capacity) {
        return (int) shard.number("""
                insert into sections (year, semester, time, hall, c_no, capacity)
                values (2026, 1, ?, 'A1', 1, ?)
                returning sec_no
                """, time, capacity);
    }

    private void register(int secNo) {
        assertThat(shard.text("select outcome from register_students(?, ?)", new int[] {student}, new int[] {secNo}))
                .isEqualTo("registered");
    }
}
