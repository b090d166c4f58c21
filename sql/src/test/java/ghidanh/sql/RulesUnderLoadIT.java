package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.sql.Session.Refused;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * In each round many callers fight for the same few new students; afterwards every rule is recomputed from the tables, and whether
 * each refusal was true while it was asked for.
 */
class RulesUnderLoadIT {

    private static final String SHARD = "5433";
    private static final int CALLERS = 64;
    private static final int ROUNDS = 20;
    private static final int STUDENTS_OF_A_ROUND = 3;
    private static final int STUDENTS = ROUNDS * STUDENTS_OF_A_ROUND;
    private static final int SECTIONS = 120;

    // Sections 1 to 10 are of a term that is past, 31 to 45 of one that is closed, the others of the present one.
    private static final String ROWS = """
            insert into courses select n, 'Học phần ' || n, 1 + n %% 4 from generate_series(3, 40) n;
            insert into students (stno, u_id, lname, fname, hold_reason, credit_limit, prog_degree)
            select n, 1, 'Trần', 'An', case when n %% 10 = 1 then 'chưa đóng học phí' end, case when n %% 10 = 2 then 8 end,
                   case when n %% 10 = 3 then 'Bác sĩ' else 'Kỹ sư' end
              from generate_series(1, %d) n;
            insert into sections (sec_no, year, semester, time, hall, c_no, capacity, cancelled)
            select n, case when n <= 10 then 2025 else 2026 end, case when n between 31 and 45 then 2 else 1 end,
                   'T' || 2 + n %% 5 || ' ' || 1 + n %% 7 || '-' || 3 + n %% 7, 'A' || n, 1 + n %% 40, case when n %% 6 = 0 then 2 else 20 end,
                   n %% 20 = 19
              from generate_series(1, %d) n;
            insert into section_audience select n, null, 'Bác sĩ' from generate_series(46, %2$d, 13) n;
            update rules set year = 2026, semester = 1, credit_limit = 16;
            insert into registration_windows (year, semester, opens, closes, drop_until)
            values (2026, 2, '2025-01-01', '2025-02-01', '2025-03-01');
            create table heard (
                stno integer, sec_no integer, outcome text, details jsonb, asked timestamptz, answered timestamptz)
            """.formatted(STUDENTS, SECTIONS);

    private static final String HELD = """
            select r.reg_id, r.stno, s.sec_no, s.year, s.semester, s.c_no, s.slots, c.credits
              from registrations r
              join sections s using (sec_no)
              join courses c using (c_no)
             where r.status = 'registered'
            """;

    private static final Map<String, String> VIOLATIONS = Map.of(
            "past_term", "select * from held where year < 2026",
            "closed", "select * from held where year = 2026 and semester = 2",
            "on_hold", "select * from held join students using (stno) where hold_reason is not null",
            "section_cancelled", "select * from held join sections using (sec_no) where cancelled",
            "not_eligible", """
                    select *
                      from held h
                      join students st using (stno)
                     where exists (select from section_audience a where a.sec_no = h.sec_no)
                       and not exists (
                            select from section_audience a
                             where a.sec_no = h.sec_no
                               and coalesce(a.u_id, st.u_id) = st.u_id
                               and coalesce(a.prog_degree, st.prog_degree) = st.prog_degree)
                    """,
            "same_course", "select stno from held group by stno, year, semester, c_no having count(*) > 1",
            "time_clash", """
                    select a.stno
                      from held a
                      join held b using (stno, year, semester)
                     where a.sec_no < b.sec_no
                       and (a.slots & b.slots) <> 0::bit(112)
                    """,
            "credit_limit", """
                    select h.stno
                      from held h
                      join students st using (stno)
                     group by h.stno, st.credit_limit, h.year, h.semester
                    having sum(h.credits) > coalesce(st.credit_limit, 16)
                    """,
            "section_full", """
                    select s.sec_no
                      from sections s
                     where s.capacity < (select count(*) from held h where h.sec_no = s.sec_no)
                    """);

    private static final String REGISTER = """
            with heard as (
                insert into heard
                select (?::integer[])[r.ord], (?::integer[])[r.ord], r.outcome, r.details, now(), clock_timestamp()
                  from register_students(?, ?) r
                returning outcome)
            select outcome from heard
            """;

    /**
     * How long each seat was held: from the change to the commit that ended it, and surely from its commit to the change that ended
     * it; and what each caller heard, with the term of the section asked for.
     */
    private static final String TIMES = """
            with states as (
                select h.reg_id, h.stno, h.sec_no, h.status, h.version, h.changed_at,
                       pg_xact_commit_timestamp(h.xmin) as committed
                  from registration_history h),
            seats as (
                select *,
                       coalesce(lead(committed) over w, 'infinity') as gone,
                       coalesce(lead(changed_at) over w, 'infinity') as going
                  from states
                window w as (partition by reg_id order by version)),
            held as (
                select h.stno, h.sec_no, h.changed_at as taken, h.gone, h.committed as surely, h.going,
                       s.year, s.semester, s.c_no, s.slots, s.cancelled, c.credits
                  from seats h
                  join sections s using (sec_no)
                  join courses c using (c_no)
                 where h.status = 'registered'),
            heard as (
                select e.*, s.year, s.semester, s.c_no, s.slots, s.capacity,
                       coalesce(e.details #>> '{holds,secNo}', e.details #>> '{clashesWith,secNo}')::integer as other,
                       (e.details ->> 'held')::integer as told,
                       st.hold_reason, st.prog_degree, coalesce(st.credit_limit, 16) as credit_limit
                  from public.heard e
                  join sections s using (sec_no)
                  join students st using (stno))
            """;

    private static final Map<String, String> UNTRUE = Map.of(
            "past_term", "select * from heard where outcome = 'past_term' and year >= 2026",
            "closed", "select * from heard where outcome = 'closed' and (year, semester) <> (2026, 2)",
            "on_hold", "select * from heard where outcome = 'on_hold' and hold_reason is null",
            "section_cancelled", """
                    select * from heard e where outcome = 'section_cancelled'
                       and not exists (select from sections s where s.sec_no = e.sec_no and s.cancelled)
                    """,
            "not_eligible", """
                    select * from heard e where outcome = 'not_eligible'
                       and not exists (
                            select from section_audience a where a.sec_no = e.sec_no and a.prog_degree <> e.prog_degree)
                    """,
            "already_registered", """
                    select * from heard e where outcome = 'already_registered'
                       and not exists (
                            select from held h
                             where h.stno = e.stno and h.sec_no = e.sec_no and h.taken <= e.answered and h.gone >= e.asked)
                    """,
            "same_course and time_clash", """
                    select * from heard e where outcome in ('same_course', 'time_clash')
                       and not exists (
                            select from held h
                             where h.stno = e.stno and h.sec_no = e.other and h.taken <= e.answered and h.gone >= e.asked
                               and (h.year, h.semester) = (e.year, e.semester)
                               and case outcome when 'same_course' then h.c_no = e.c_no
                                                else (h.slots & e.slots) <> 0::bit(112) end)
                    """,
            "credit_limit", """
                    select * from heard e where outcome = 'credit_limit'
                       and (told + (details ->> 'asked')::integer <= credit_limit
                            or told not between (
                                select coalesce(sum(h.credits), 0) from held h
                                 where h.stno = e.stno and (h.year, h.semester) = (e.year, e.semester) and not h.cancelled
                                   and h.surely <= e.asked and h.going >= e.answered)
                            and (
                                select coalesce(sum(h.credits), 0) from held h
                                 where h.stno = e.stno and (h.year, h.semester) = (e.year, e.semester) and not h.cancelled
                                   and h.taken <= e.answered and h.gone >= e.asked))
                    """,
            "section_full", """
                    select * from heard e where outcome = 'section_full'
                       and capacity > (
                            select count(*) from held h
                             where h.sec_no = e.sec_no and h.taken <= e.answered and h.gone >= e.asked)
                    """);

    private final Enrollment enrollment = new Enrollment();
    private final Session shard = enrollment.shard(SHARD);

    @BeforeEach
    void rows_on_which_every_rule_has_something_to_say() {
        shard.execute(ROWS);
    }

    @AfterEach
    void close() {
        enrollment.close();
    }

    /**
     * @param most wishes in a call
     * @param judge where it is the database, every other wish is an insert by plain SQL
     */
    @ParameterizedTest
    @CsvSource({"1, functions", "10, functions", "1, database"})
    void no_rule_is_broken_and_nobody_deadlocks(int most, String judge) {
        shard.execute("update rules set judge = ?", judge);
        boolean direct = judge.equals("database");
        List<Callable<Set<String>>> callers = new ArrayList<>();
        var round = new CyclicBarrier(CALLERS);
        for (int i = 0; i < CALLERS; i++) {
            Session session = enrollment.openShard(SHARD);
            Random random = new Random(i);
            callers.add(() -> fight(session, random, most, direct, round));
        }
        Set<String> outcomes =
                Waiting.allAtOnce(callers).stream().flatMap(Set::stream).collect(Collectors.toSet());

        assertThat(outcomes)
                .containsAll(VIOLATIONS.keySet())
                .contains("registered", "already_registered", "withdrawn", "already_withdrawn");
        if (direct) {
            assertThat(outcomes).contains("inserted", "RM012", "23505", "23514");
        }
        VIOLATIONS.forEach((rule, violations) -> assertThat(shard.rows("with held as (" + HELD + ") " + violations))
                .as(rule)
                .isEmpty());
        UNTRUE.forEach((refusal, untrue) -> assertThat(shard.rows(TIMES + untrue))
                .as("%s told when it was not so", refusal)
                .isEmpty());
        assertThat(enrollment.wrongSeats(SHARD)).isEmpty();
        assertThat(shard.number("select deadlocks from pg_stat_database where datname = current_database()"))
                .isZero();
    }

    private static Set<String> fight(Session session, Random random, int most, boolean direct, CyclicBarrier round)
            throws Exception {
        Set<String> outcomes = new HashSet<>();
        for (int first = 1; first <= STUDENTS; first += STUDENTS_OF_A_ROUND) {
            int size = 1 + random.nextInt(most);
            int[] stnos = random.ints(size, first, first + STUDENTS_OF_A_ROUND).toArray();
            int[] secNos = random.ints(size, 1, SECTIONS + 1).toArray();
            round.await(60, TimeUnit.SECONDS);
            if (direct && random.nextBoolean()) {
                outcomes.add(insert(session, stnos[0], secNos[0]));
            } else {
                outcomes.addAll(session.rows(REGISTER, stnos, secNos, stnos, secNos));
            }
            if (random.nextInt(8) == 0) {
                outcomes.addAll(session.rows("""
                        select outcome
                          from withdraw_registrations(array(
                                select r.reg_id from registrations r where r.stno = ? order by random() limit 2))
                        """, stnos[0]));
                outcomes.addAll(session.rows("""
                        select s.registration
                          from (select r.reg_id from registrations r where r.stno = ? order by random() limit 1) r
                         cross join swap_registration(r.reg_id, ?) s
                         where s.registration is not null
                        """, stnos[0], secNos[0]));
            }
        }
        return outcomes;
    }

    private static String insert(Session session, int stno, int secNo) {
        try {
            session.execute("insert into registrations (stno, sec_no) values (?, ?)", stno, secNo);
            return "inserted";
        } catch (Refused e) {
            assertThat(e.state())
                    .as("of a rule, of the pair that is there, of the room")
                    .isIn("RM012", "23505", "23514");
            return e.state();
        }
    }
}
