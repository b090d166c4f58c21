package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ghidanh.sql.Session.Refused;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class RegisterStudentsIT {

    private static final Enrollment ENROLLMENT = new Enrollment();
    private static final int CALLERS = 32;

    private static final String ROWS_READ = """
            select sum(seq_tup_read + idx_tup_fetch)
              from pg_stat_xact_user_tables
             where relname in ('registrations', 'sections', 'students')
            """;

    private final Session shard = ENROLLMENT.shard("5433");

    @AfterAll
    static void close() {
        ENROLLMENT.close();
    }

    @Test
    void each_element_has_its_outcome_in_order() {
        int first = ENROLLMENT.student("5433");
        int second = ENROLLMENT.student("5433");
        int third = ENROLLMENT.student("5433");
        int secNo = ENROLLMENT.section("5433", 3);
        int full = ENROLLMENT.section("5433", 1);
        ENROLLMENT.register("5433", first, full);
        long already = ENROLLMENT.register("5433", second, secNo);

        int[] stnos = {first, second, third, first, -1, third, -1, first};
        int[] secNos = {secNo, secNo, full, secNo, secNo, -1, -1, full};
        assertThat(outcomes(stnos, secNos))
                .containsExactly(
                        "1|registered",
                        "2|already_registered",
                        "3|section_full",
                        "4|already_registered",
                        "5|unknown_student",
                        "6|unknown_section",
                        "7|unknown_student",
                        "8|already_registered");
        List<String> ids =
                shard.rows("select reg_id, created_at is not null from register_students(?, ?)", stnos, secNos);
        assertThat(ids.get(1)).isEqualTo(already + "|t");
        assertThat(ids.get(0)).isEqualTo(ids.get(3));
        assertThat(ids.get(2)).isEqualTo("|f");
        assertThat(ENROLLMENT.wrongSeats("5433")).isEmpty();
    }

    @Test
    void the_last_seats_go_by_the_order_of_the_arrays() {
        List<Integer> students = ENROLLMENT.students("5433", 4);
        int secNo = ENROLLMENT.section("5433", 2);
        int[] stnos = {students.get(3), students.get(0), students.get(2), students.get(1)};

        assertThat(outcomes(stnos, new int[] {secNo, secNo, secNo, secNo}))
                .containsExactly("1|registered", "2|registered", "3|section_full", "4|section_full");
    }

    @Test
    void a_call_repeated_changes_nothing() {
        int stno = ENROLLMENT.student("5433");
        int secNo = ENROLLMENT.section("5433", 1);
        String once = shard.text(
                "select reg_id, created_at from register_students(?, ?)", new int[] {stno}, new int[] {secNo});
        long outbox = shard.number("select count(*) from outbox");

        assertThat(shard.text(
                        "select reg_id, created_at from register_students(?, ?)", new int[] {stno}, new int[] {secNo}))
                .isEqualTo(once);
        assertThat(shard.number("select count(*) from outbox")).isEqualTo(outbox);
    }

    @Test
    void arrays_of_different_length_are_refused() {
        refused("RM001", () -> outcomes(new int[] {1, 2}, new int[] {1}));
    }

    @Test
    void empty_arrays_have_no_outcome() {
        assertThat(outcomes(new int[0], new int[0])).isEmpty();
    }

    @Test
    void a_seat_withdrawn_is_free_again() {
        int first = ENROLLMENT.student("5433");
        int second = ENROLLMENT.student("5433");
        int secNo = ENROLLMENT.section("5433", 1);
        long regId = ENROLLMENT.register("5433", first, secNo);

        assertThat(withdrawn(regId, -1, regId))
                .containsExactly("1|" + regId + "|withdrawn", "2|-1|unknown_registration", "3|" + regId + "|withdrawn");
        assertThat(withdrawn(regId)).containsExactly("1|" + regId + "|already_withdrawn");
        assertThat(outcomes(new int[] {second}, new int[] {secNo})).containsExactly("1|registered");
        assertThat(outcomes(new int[] {first}, new int[] {secNo})).containsExactly("1|section_full");
        assertThat(ENROLLMENT.wrongSeats("5433")).isEmpty();
    }

    @Test
    void who_registers_again_after_withdrawing_keeps_the_number_and_gets_a_new_time() {
        int stno = ENROLLMENT.student("5433");
        int secNo = ENROLLMENT.section("5433", 1);
        long regId = ENROLLMENT.register("5433", stno, secNo);
        String before = shard.text("select created_at from registrations where reg_id = ?", regId);
        withdrawn(regId);

        assertThat(shard.text(
                        "select outcome, reg_id, created_at > ?::timestamptz, synced_at from register_students(?, ?)",
                        before,
                        new int[] {stno},
                        new int[] {secNo}))
                .isEqualTo("registered|" + regId + "|t|");
        assertThat(ENROLLMENT.wrongSeats("5433")).isEmpty();
    }

    @Test
    void callers_at_once_never_oversell_a_nearly_full_section_and_never_deadlock() {
        int hot = ENROLLMENT.section("5433", CALLERS);
        int warm = ENROLLMENT.section("5433", CALLERS * 8);
        int roomy = ENROLLMENT.section("5433", CALLERS * 8);
        List<Integer> students = ENROLLMENT.students("5433", CALLERS * 8);

        List<Callable<List<String>>> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            Session session = ENROLLMENT.openShard("5433");
            List<Integer> own = students.subList(i * 8, i * 8 + 8);
            Random random = new Random(i);
            callers.add(() -> {
                List<String> outcomes = new ArrayList<>();
                // Every caller names the sections in another order.
                List<Integer> sections = new ArrayList<>(List.of(hot, warm, roomy));
                for (int stno : own) {
                    Collections.shuffle(sections, random);
                    outcomes.addAll(session.rows(
                            "select outcome from register_students(?, ?)",
                            new int[] {stno, stno, stno},
                            sections.stream().mapToInt(Integer::intValue).toArray()));
                }
                return outcomes;
            });
        }
        List<String> outcomes =
                Waiting.allAtOnce(callers).stream().flatMap(List::stream).toList();

        assertThat(outcomes).hasSize(CALLERS * 8 * 3).containsOnly("registered", "section_full");
        assertThat(outcomes.stream().filter("registered"::equals)).hasSize(CALLERS + CALLERS * 8 * 2);
        assertThat(shard.number("select enrolled from sections where sec_no = ?", hot))
                .isEqualTo(CALLERS);
        assertThat(ENROLLMENT.wrongSeats("5433")).isEmpty();
    }

    @Test
    void writers_of_plain_sql_beside_the_function_neither_oversell_nor_deadlock() {
        int hot = ENROLLMENT.section("5433", 20);
        List<Integer> students = ENROLLMENT.students("5433", CALLERS);

        List<Callable<String>> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            Session session = ENROLLMENT.openShard("5433");
            int stno = students.get(i);
            if (i % 2 == 0) {
                callers.add(() ->
                        session.text("select outcome from register_students(?, ?)", new int[] {stno}, new int[] {hot}));
            } else {
                callers.add(() -> {
                    try {
                        session.text(
                                "INSERT INTO registrations (stno, sec_no) VALUES (?, ?) RETURNING created_at",
                                stno,
                                hot);
                        return "registered";
                    } catch (Refused e) {
                        return e.state() + (e.getMessage().contains("sections_seats") ? " seats" : "");
                    }
                });
            }
        }
        List<String> outcomes = Waiting.allAtOnce(callers);

        assertThat(outcomes).containsOnly("registered", "section_full", "23514 seats");
        assertThat(outcomes.stream().filter("registered"::equals)).hasSize(20);
        assertThat(ENROLLMENT.wrongSeats("5433")).isEmpty();
    }

    @Test
    void plain_sql_cannot_insert_into_a_full_section_nor_take_seats_away_from_it() {
        int secNo = ENROLLMENT.section("5433", 1);
        ENROLLMENT.register("5433", ENROLLMENT.student("5433"), secNo);
        int stno = ENROLLMENT.student("5433");

        refused("23514", () -> ENROLLMENT.register("5433", stno, secNo));
        refused("23514", () -> shard.execute("update sections set capacity = 0 where sec_no = ?", secNo));
    }

    @Test
    void rows_are_never_deleted() {
        for (String table : List.of("registrations", "students", "sections")) {
            refused("RM003", () -> shard.execute("delete from " + table));
            refused("RM003", () -> shard.execute("truncate " + table + " cascade"));
        }
    }

    /** Sessions live long: what they planned for an empty table in the morning they use all registration day. */
    @Test
    void a_call_reads_its_own_rows_however_the_table_grew_since_it_was_planned() {
        Servers.createDatabase(Servers.shard("5433"), "grown");
        try (Session session = Session.on(Servers.shard("5433"), "grown")) {
            session.execute("insert into universities values (1, 'University 1', 'public')");
            session.execute("insert into courses select n, 'Databases', 3 from generate_series(1, 500) n");
            session.execute("""
                    insert into students (stno, u_id, lname, fname)
                    select n, 1, 'Trần', 'Bình' from generate_series(1, 2000) n
                    """);
            session.execute("""
                    insert into sections (sec_no, year, semester, time, hall, c_no, capacity)
                    select n, 2026, 1, 'Mon 7:00', 'A' || n, n, 2000 from generate_series(1, 500) n
                    """);
            session.execute("vacuum analyze");
            for (int stno = 1; stno <= 10; stno++) {
                session.execute("select register_students(?, ?)", new int[] {stno}, new int[] {1});
            }
            session.execute(
                    "select register_students(array(select generate_series(11, 1900)), array_fill(1, array[1890]))");

            session.execute( // and many for one student, who is asked what else they have
                    "select register_students(array_fill(2000, array[10]), array(select generate_series(2, 11)))");

            session.begin();
            long before = session.number(ROWS_READ);
            session.execute("select register_students(?, ?)", new int[] {2000, 1999}, new int[] {1, 2});
            assertThat(session.number(ROWS_READ) - before).isBetween(1L, 50L);
            session.rollback();
        }
    }

    private List<String> outcomes(int[] stnos, int[] secNos) {
        return shard.rows("select ord, outcome from register_students(?, ?)", stnos, secNos);
    }

    private List<String> withdrawn(long... regIds) {
        return shard.rows("select ord, reg_id, outcome from withdraw_registrations(?)", regIds);
    }

    private static void refused(String state, Runnable call) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(call::run)
                .extracting(Refused::state)
                .isEqualTo(state);
    }
}
