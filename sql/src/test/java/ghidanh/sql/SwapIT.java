package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One registration for another, or nothing. */
class SwapIT {

    private static final String SHARD = "5433";
    private static final String SWAP = "select withdrawal, registration, details from swap_registration(?, ?)";

    private final Enrollment enrollment = new Enrollment();
    private final Session shard = enrollment.shard(SHARD);
    private final int student = enrollment.student(SHARD);
    private final int held = section("T2 1-3", 1, 5);
    private final int wanted = section("T2 2-4", 1, 5);
    private final long regId = registered(student, held);

    @BeforeEach
    void no_news() {
        shard.execute("delete from outbox");
    }

    @AfterEach
    void close() {
        enrollment.close();
    }

    @Test
    void course_time_and_credits_of_what_is_given_up_do_not_stand_in_the_way() {
        shard.execute("update rules set credit_limit = 3");
        String swapped = shard.text(
                "select withdrawal, registration, stno, details, synced_at from swap_registration(?, ?, ?, ?)",
                regId,
                wanted,
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "student:5433-" + student);
        assertThat(swapped).isEqualTo("withdrawn|registered|" + student + "||");
        assertThat(shard.rows("select sec_no, status from registrations order by sec_no"))
                .containsExactly(held + "|withdrawn", wanted + "|registered");
        assertThat(shard.rows("select entity_id = ?, traceparent, actor from outbox order by id", regId))
                .containsExactly(
                        "t|00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01|student:5433-" + student,
                        "f|00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01|student:5433-" + student);
        assertThat(shard.text(
                        "select string_agg(distinct changed_by, ' ') from registration_history where version > (select"
                                + " min(version) from registration_history)"))
                .isEqualTo("student:5433-" + student);
        assertThat(enrollment.wrongSeats(SHARD)).isEmpty();
    }

    @Test
    void the_answer_is_the_new_registration_and_again_the_same() {
        String first = shard.text("select new_reg_id, created_at from swap_registration(?, ?)", regId, wanted);
        assertThat(first)
                .isEqualTo(shard.text("select reg_id, created_at from registrations where sec_no = ?", wanted));

        assertThat(shard.text("select new_reg_id, created_at from swap_registration(?, ?)", regId, wanted))
                .isEqualTo(first);
        assertThat(swap(regId, wanted)).isEqualTo("already_withdrawn|already_registered|");
        assertThat(shard.rows("select entity_id from outbox")).hasSize(2);
    }

    @Test
    void for_the_section_itself_nothing_is_given_up() {
        assertThat(swap(regId, held)).isEqualTo("|already_registered|");
        assertNothingChanged();
    }

    @Test
    void each_refusal_of_the_new_section_leaves_the_old_one() {
        shard.execute("insert into courses values (3, 'Vật lý', 3)");
        int another = section("T5 1-3", 2, 5);
        int clashing = section("T5 2-4", 3, 5);
        int full = section("T6 1-3", 3, 0);
        registered(student, another);
        no_news();

        assertThat(swap(regId, full)).isEqualTo("withdrawn|section_full|");
        assertNothingChanged();
        assertThat(swap(regId, clashing))
                .startsWith("withdrawn|time_clash|{\"clashesWith\": ")
                .contains("\"secNo\": " + another);
        assertNothingChanged();
        assertThat(swap(regId, 999)).isEqualTo("withdrawn|unknown_section|");
        assertNothingChanged();
        shard.execute("update students set hold_reason = 'chưa đóng học phí' where stno = ?", student);
        assertThat(swap(regId, wanted)).isEqualTo("withdrawn|on_hold|{\"reason\": \"chưa đóng học phí\"}");
        assertNothingChanged();
    }

    @Test
    void each_refusal_of_the_withdrawal_takes_nothing() {
        shard.execute("update registrations set mark = 8 where reg_id = ?", regId);
        no_news();
        assertThat(swap(regId, wanted)).isEqualTo("graded||");
        assertNothingChanged();

        shard.execute("update registrations set mark = null where reg_id = ?", regId);
        shard.execute("insert into registration_windows (year, semester, opens, closes, drop_until)"
                + " values (2026, 1, '2020-01-01', 'infinity', '2020-01-02')");
        no_news();
        assertThat(swap(regId, wanted)).isEqualTo("too_late||{\"dropUntil\": \"2020-01-02T00:00:00Z\"}");
        assertNothingChanged();
        shard.execute("update rules set year = 2027, semester = 1");
        assertThat(swap(regId, wanted)).isEqualTo("past_term||{\"year\": 2026, \"semester\": 1}");
        assertNothingChanged();
        assertThat(swap(-1, wanted)).isEqualTo("unknown_registration||");
        assertNothingChanged();
    }

    @Test
    void a_swap_waits_for_whoever_has_its_sections_before_it_judges() {
        Session other = enrollment.openShard(SHARD);
        other.begin().execute("select from sections where sec_no = ? for update", wanted);
        Session swapping = enrollment.openShard(SHARD);
        int pid = swapping.pid();
        Future<String> outcome = Waiting.start(() -> swapping.text(SWAP, regId, wanted));
        Waiting.untilBlocked(Servers.shard(SHARD), pid);
        other.execute("update sections set cancelled = true where sec_no = ?", wanted);
        other.commit();

        assertThat(Waiting.result(outcome)).isEqualTo("withdrawn|section_cancelled|");
        assertNothingChanged();
    }

    /** Both full, and each wants into the other's: neither gets in, and nobody waits in a circle. */
    @Test
    void swaps_into_each_other_s_full_sections_neither_deadlock_nor_oversell() {
        int rounds = 20;
        int neighbour = enrollment.student(SHARD);
        long neighbours = registered(neighbour, wanted);
        shard.execute("update sections set capacity = 1 where sec_no in (?, ?)", held, wanted);
        no_news();
        var both = new CyclicBarrier(2);
        List<Callable<List<String>>> swaps = List.of(
                swaps(both, rounds, regId, wanted, enrollment.openShard(SHARD)),
                swaps(both, rounds, neighbours, held, enrollment.openShard(SHARD)));

        assertThat(Waiting.allAtOnce(swaps))
                .allSatisfy(outcomes -> assertThat(outcomes).hasSize(rounds).containsOnly("withdrawn|section_full|"));
        assertThat(shard.rows("select * from outbox")).isEmpty();
        assertThat(enrollment.wrongSeats(SHARD)).isEmpty();
        assertThat(shard.number("select deadlocks from pg_stat_database where datname = current_database()"))
                .isZero();
    }

    /** With a single seat more, somebody gets it each time, and nobody takes one that is not there. */
    @Test
    void many_who_swap_to_and_fro_over_one_free_seat_take_only_what_is_there() {
        int students = 6;
        List<Long> regIds = IntStream.range(0, students)
                .mapToObj(i -> registered(enrollment.student(SHARD), i % 2 == 0 ? held : wanted))
                .toList();
        shard.execute("update sections set capacity = enrolled + case when sec_no = ? then 1 else 0 end", held);
        var round = new CyclicBarrier(students);

        List<List<String>> all = Waiting.allAtOnce(regIds.stream()
                .map(id -> toAndFro(round, 20, id, enrollment.openShard(SHARD)))
                .toList());

        assertThat(all.stream().flatMap(List::stream)).contains("registered");
        assertThat(enrollment.wrongSeats(SHARD)).isEmpty();
        assertThat(shard.number("select count(*) from registrations where status = 'registered'"))
                .isEqualTo(students + 1);
        assertThat(shard.number("select deadlocks from pg_stat_database where datname = current_database()"))
                .isZero();
    }

    private static Callable<List<String>> swaps(
            CyclicBarrier both, int rounds, long regId, int secNo, Session session) {
        return () -> {
            List<String> outcomes = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                both.await(60, TimeUnit.SECONDS);
                outcomes.add(session.text(SWAP, regId, secNo));
            }
            return outcomes;
        };
    }

    private Callable<List<String>> toAndFro(CyclicBarrier round, int rounds, long regId, Session session) {
        return () -> {
            List<String> outcomes = new ArrayList<>();
            long id = regId;
            for (int i = 0; i < rounds; i++) {
                round.await(60, TimeUnit.SECONDS);
                long has = session.number("select sec_no from registrations where reg_id = ?", id);
                String[] swapped = session.text(
                                "select registration, coalesce(new_reg_id, 0) from swap_registration(?, ?)",
                                id,
                                has == held ? wanted : held)
                        .split("\\|");
                outcomes.add(swapped[0]);
                id = swapped[0].equals("registered") ? Long.parseLong(swapped[1]) : id;
            }
            return outcomes;
        };
    }

    private String swap(long id, int secNo) {
        return shard.text(SWAP, id, secNo);
    }

    private void assertNothingChanged() {
        assertThat(shard.rows("select * from outbox")).isEmpty();
        assertThat(shard.text("select sec_no, status from registrations where reg_id = ?", regId))
                .isEqualTo(held + "|registered");
        assertThat(shard.number("select count(*) from registrations where sec_no = ?", wanted))
                .isZero();
        assertThat(enrollment.wrongSeats(SHARD)).isEmpty();
    }

    private int section(String time, int course, int capacity) {
        return (int) shard.number("""
                insert into sections (year, semester, time, hall, c_no, capacity)
                values (2026, 1, ?, 'A1', ?, ?)
                returning sec_no
                """, time, course, capacity);
    }

    private long registered(int stno, int secNo) {
        return shard.number("select reg_id from register_students(?, ?)", new int[] {stno}, new int[] {secNo});
    }
}
