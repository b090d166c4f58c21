package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who waits for a full section, and who gets the next seat in it. */
class WaitingListIT {

    private static final String SHARD = "5433";
    private static final String STATES = "select stno, status from registrations where sec_no = ? order by stno";

    private final Enrollment enrollment = new Enrollment();
    private final Session shard = enrollment.shard(SHARD);
    private final int holder = enrollment.student(SHARD);
    private final int first = enrollment.student(SHARD);
    private final int second = enrollment.student(SHARD);
    private final int secNo = section("T2 1-3", 1, 1);
    private final long seat = registered(holder, secNo);

    @AfterEach
    void close() {
        assertThat(enrollment.wrongSeats(SHARD)).isEmpty();
        enrollment.close();
    }

    @Test
    void who_asks_to_wait_has_a_place_in_place_of_the_refusal() {
        shard.execute("delete from outbox");

        assertThat(register(first, secNo)).isEqualTo("section_full|");
        assertThat(await(first, secNo)).isEqualTo("waiting|{\"place\": 1}");
        assertThat(await(second, secNo)).isEqualTo("waiting|{\"place\": 2}");
        assertThat(await(first, secNo)).isEqualTo("already_waiting|{\"place\": 1}");
        assertThat(register(first, secNo)).isEqualTo("section_full|");

        assertThat(shard.rows(
                        "select stno, status, place from registration_details where sec_no = ? order by reg_id", secNo))
                .containsExactly(holder + "|registered|", first + "|withdrawn|1", second + "|withdrawn|2");
        assertThat(shard.text("select enrolled from sections where sec_no = ?", secNo))
                .isEqualTo("1");
        assertThat(shard.number("select count(*) from outbox")).isEqualTo(2);
        assertThat(shard.rows(
                        "select stno, status from registration_history where status = 'waiting' order by version"))
                .containsExactly(first + "|waiting", second + "|waiting");
    }

    @Test
    void the_wish_to_wait_takes_a_seat_where_there_is_one_and_only_passes_no_rule() {
        int roomy = section("T3 1-3", 2, 5);
        assertThat(await(first, roomy)).isEqualTo("registered|");
        assertThat(await(first, roomy)).isEqualTo("already_registered|");
        assertThat(await(first, section("T3 2-4", 1, 0))).startsWith("time_clash|");
        shard.execute("update students set hold_reason = 'chưa đóng học phí' where stno = ?", second);
        assertThat(await(second, secNo)).startsWith("on_hold|");
        assertThat(await(999_999, secNo)).isEqualTo("unknown_student|");
    }

    @Test
    void a_call_of_many_gives_seats_and_places_by_order() {
        int two = section("T4 1-3", 1, 2);
        List<Integer> students = enrollment.students(SHARD, 5);
        int[] stnos = students.stream().mapToInt(Integer::intValue).toArray();
        int[] secNos = {two, two, two, two, two};

        assertThat(shard.rows(
                        "select outcome, details from register_students(?, ?, null, null, ?)",
                        stnos,
                        secNos,
                        new boolean[] {false, true, false, true, true}))
                .containsExactly(
                        "registered|",
                        "registered|",
                        "section_full|",
                        "waiting|{\"place\": 1}",
                        "waiting|{\"place\": 2}");
        assertThat(shard.text("select count(*), count(distinct created_at) from registrations where sec_no = ?", two))
                .isEqualTo("4|4");
    }

    @Test
    void a_seat_given_up_goes_to_the_first_at_once_with_its_event_and_history() {
        await(first, secNo, "student:5433-" + first);
        await(second, secNo);
        shard.execute("delete from outbox");
        String since = shard.text("select created_at from registrations where stno = ?", first);

        assertThat(withdraw(seat)).isEqualTo("withdrawn");

        assertThat(shard.rows(STATES, secNo))
                .containsExactly(holder + "|withdrawn", first + "|registered", second + "|waiting");
        assertThat(shard.rows(
                        "select r.stno from outbox o join registrations r on r.reg_id = o.entity_id order by o.id"))
                .containsExactlyInAnyOrder("" + holder, "" + first);
        assertThat(shard.rows(
                        "select status, changed_by, reason from registration_history where stno = ? order by version",
                        first))
                .containsExactly("waiting|student:5433-" + first + "|", "registered|student:5433-" + first + "|");
        assertThat(shard.text("select created_at > ?::timestamptz from registrations where stno = ?", since, first))
                .isEqualTo("t");
        assertThat(await(second, secNo)).isEqualTo("already_waiting|{\"place\": 1}");
    }

    @Test
    void who_does_not_pass_the_rules_any_more_keeps_the_place_and_the_next_gets_the_seat() {
        await(first, secNo);
        await(second, secNo);
        registered(first, section("T2 3-5", 2, 5));

        withdraw(seat);

        assertThat(shard.rows(STATES, secNo))
                .containsExactly(holder + "|withdrawn", first + "|waiting", second + "|registered");
    }

    @Test
    void who_gives_up_what_stood_in_the_way_gets_the_seat_that_was_left() {
        await(first, secNo);
        long clashing = registered(first, section("T2 3-5", 2, 5));
        withdraw(seat);
        assertThat(shard.text("select enrolled from sections where sec_no = ?", secNo))
                .isEqualTo("0");

        withdraw(clashing);

        assertThat(shard.rows(STATES, secNo)).containsExactly(holder + "|withdrawn", first + "|registered");
    }

    @Test
    void a_seat_that_nobody_on_the_list_may_have_is_anybody_s() {
        await(first, secNo);
        shard.execute("update students set hold_reason = 'chưa đóng học phí' where stno = ?", first);
        withdraw(seat);

        assertThat(register(second, secNo)).isEqualTo("registered|");
        shard.execute("update sections set capacity = 2 where sec_no = ?", secNo);
        shard.execute("update students set hold_reason = null where stno = ?", first);
        assertThat(shard.text("select give_seats(array[?])", secNo)).isEqualTo("1");
        assertThat(shard.text("select give_seats(array[?])", secNo)).isEqualTo("0");
        assertThat(shard.rows(STATES, secNo))
                .containsExactly(holder + "|withdrawn", first + "|registered", second + "|registered");
    }

    @Test
    void leaving_the_list_is_a_withdrawal_also_after_the_last_day_and_joining_again_means_the_end_of_it() {
        long regId = awaiting(first, secNo);
        await(second, secNo);
        shard.execute("insert into registration_windows (year, semester, opens, closes, drop_until)"
                + " values (2026, 1, '2020-01-01', 'infinity', '2020-01-02')");

        assertThat(withdraw(regId)).isEqualTo("withdrawn");
        assertThat(withdraw(regId)).isEqualTo("already_withdrawn");
        assertThat(shard.rows(STATES, secNo))
                .containsExactly(holder + "|registered", first + "|withdrawn", second + "|waiting");
        assertThat(await(first, secNo)).isEqualTo("waiting|{\"place\": 2}");
    }

    @Test
    void more_room_and_a_withdrawal_by_plain_sql_let_them_in_as_well() {
        await(first, secNo);
        await(second, secNo);
        shard.execute("update sections set capacity = 2 where sec_no = ?", secNo);
        assertThat(shard.rows(STATES, secNo))
                .containsExactly(holder + "|registered", first + "|registered", second + "|waiting");

        shard.execute("update registrations set status = 'withdrawn' where reg_id = ?", seat);
        assertThat(shard.rows(STATES, secNo))
                .containsExactly(holder + "|withdrawn", first + "|registered", second + "|registered");
    }

    @Test
    void a_swap_hands_its_seat_on_and_one_that_is_refused_does_not() {
        await(first, secNo);
        int full = section("T5 1-3", 2, 0);
        assertThat(swap(seat, full)).isEqualTo("withdrawn|section_full");
        assertThat(shard.rows(STATES, secNo)).containsExactly(holder + "|registered", first + "|waiting");

        assertThat(swap(seat, section("T2 1-3", 1, 5))).isEqualTo("withdrawn|registered");
        assertThat(shard.rows(STATES, secNo)).containsExactly(holder + "|withdrawn", first + "|registered");
    }

    @Test
    void who_waits_for_two_sections_of_a_course_gets_one_and_stays_on_the_other_s_list() {
        int other = section("T3 1-3", 1, 1);
        long others = registered(second, other);
        await(first, secNo);
        await(first, other);

        assertThat(shard.rows("select outcome from withdraw_registrations(array[?, ?])", seat, others))
                .containsExactly("withdrawn", "withdrawn");
        assertThat(shard.rows("select sec_no, status from registrations where stno = ? order by sec_no", first))
                .containsExactly(secNo + "|registered", other + "|waiting");
    }

    @Test
    void a_cancelled_section_lets_those_go_who_wait_and_gives_nothing() {
        await(first, secNo);
        int other = section("T2 2-4", 2, 1);
        long others = registered(second, other);
        await(holder, other); // refused: it clashes with the section that will be cancelled
        shard.execute("update registrations set status = 'waiting' where stno = ? and sec_no = ?", holder, other);
        shard.execute("insert into registrations (stno, sec_no, status) values (?, ?, 'waiting')", holder, other);
        withdraw(others);

        assertThat(shard.text(
                        "select outcome, withdrawn, remaining, graded from cancel_section(?, 'ít sinh viên')", secNo))
                .isEqualTo("cancelled|2|0|0");
        assertThat(shard.rows(STATES, secNo)).containsExactly(holder + "|withdrawn", first + "|withdrawn");
        assertThat(shard.text("select status from registrations where stno = ? and sec_no = ?", holder, other))
                .isEqualTo("registered");
        assertThat(shard.rows(
                        "select distinct reason from registration_history where sec_no = ? and status = 'withdrawn'",
                        secNo))
                .containsExactly("ít sinh viên");
        assertThat(shard.rows(
                        "select reason from registration_history where stno = ? and sec_no = ? and status = 'registered'",
                        holder,
                        other))
                .containsExactly("");
    }

    /** The heir is about to take what clashes: the seat is given by what holds after that. */
    @Test
    void a_withdrawal_waits_for_who_is_next_in_line_and_asks_again() {
        await(first, secNo);
        await(second, secNo);
        Session busy = enrollment.openShard(SHARD).begin();
        assertThat(busy.text("select outcome from register_students(?, ?)", new int[] {first}, new int[] {
                    section("T2 3-5", 2, 5)
                }))
                .isEqualTo("registered");
        Session withdrawing = enrollment.openShard(SHARD);
        int pid = withdrawing.pid();
        Future<String> outcome =
                Waiting.start(() -> withdrawing.text("select outcome from withdraw_registrations(array[?])", seat));
        Waiting.untilBlocked(Servers.shard(SHARD), pid);
        assertThat(shard.rows("select held_withdrawals(array[?])", seat)).containsExactly("0");
        busy.commit();

        assertThat(Waiting.result(outcome)).isEqualTo("withdrawn");
        assertThat(shard.rows(STATES, secNo))
                .containsExactly(holder + "|withdrawn", first + "|waiting", second + "|registered");
        assertThat(shard.rows("select held_withdrawals(array[?])", seat)).isEmpty();
    }

    @Test
    void the_master_shows_who_waits_and_who_got_the_seat() {
        long waiting = awaiting(first, secNo);
        await(second, secNo);
        enrollment.master().execute("select sync_registrations_remapped(?)", SHARD);
        assertThat(enrollment.differences(SHARD)).isEmpty();
        assertThat(enrollment.master().rows("select stno, status, place from registration_details order by reg_id"))
                .containsExactly(holder + "|registered|", first + "|withdrawn|1", second + "|withdrawn|2");

        withdraw(seat);
        assertThat(enrollment.sync(SHARD, seat, waiting)).containsValues("updated", "updated");
        assertThat(enrollment.differences(SHARD)).isEmpty();
        assertThat(enrollment.master().rows("select * from drift_rows(?, 'registration', 0, 1000000)", SHARD))
                .isEmpty();
        assertThat(enrollment.master().rows("select * from wrong_seats(?)", SHARD))
                .isEmpty();
        assertThat(enrollment.master().text("select place from registration_details where stno = ?", second))
                .isEqualTo("1");
    }

    private String register(int stno, int sec) {
        return shard.text("select outcome, details from register_students(?, ?)", new int[] {stno}, new int[] {sec});
    }

    private String await(int stno, int sec) {
        return await(stno, sec, "x");
    }

    private String await(int stno, int sec, String actor) {
        return shard.text(
                "select outcome, details from register_students(?, ?, null, array[?], array[true])",
                new int[] {stno},
                new int[] {sec},
                actor);
    }

    private long awaiting(int stno, int sec) {
        return shard.number(
                "select reg_id from register_students(?, ?, waits => array[true])", new int[] {stno}, new int[] {sec});
    }

    private String withdraw(long regId) {
        return shard.text("select outcome from withdraw_registrations(array[?])", regId);
    }

    private String swap(long regId, int sec) {
        return shard.text("select withdrawal, registration from swap_registration(?, ?)", regId, sec);
    }

    private int section(String time, int course, int capacity) {
        return (int) shard.number("""
                insert into sections (year, semester, time, hall, c_no, capacity)
                values (2026, 1, ?, 'A1', ?, ?)
                returning sec_no
                """, time, course, capacity);
    }

    private long registered(int stno, int sec) {
        return shard.number("select reg_id from register_students(?, ?)", new int[] {stno}, new int[] {sec});
    }
}
