package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;

/**
 * Many callers register, wait, withdraw and swap the same few students in the same few full sections, and now and then somebody finds
 * another seat. Afterwards it is recomputed from the tables who has one, and who should.
 */
class WaitingUnderLoadIT {

    private static final String SHARD = "5433";
    private static final int CALLERS = 16;
    private static final int ROUNDS = 60;
    private static final int STUDENTS = 24;
    private static final int SECTIONS = 12;
    private static final int LIMIT = 7;

    private static final String ROWS = """
            insert into courses select n, 'Học phần ' || n, 1 + n %% 3 from generate_series(3, 8) n;
            insert into students (stno, u_id, lname, fname, hold_reason)
            select n, 1, 'Trần', 'An', case when n = 1 then 'chưa đóng học phí' end from generate_series(1, %d) n;
            insert into sections (sec_no, year, semester, time, hall, c_no, capacity)
            select n, 2026, 1, 'T' || 2 + n %% 3 || ' ' || 1 + n %% 5 || '-' || 3 + n %% 5, 'A' || n, 1 + n %% 8, 2
              from generate_series(1, %d) n;
            update rules set credit_limit = %d
            """.formatted(STUDENTS, SECTIONS, LIMIT);

    private static final String HAS = """
            with has as (
                select r.stno, s.sec_no, s.c_no, s.slots, c.credits
                  from registrations r
                  join sections s using (sec_no)
                  join courses c using (c_no)
                 where r.status = 'registered')
            """;

    private static final Map<String, String> VIOLATIONS = Map.of(
            "oversold",
                    "select sec_no from sections where (select count(*) from has where has.sec_no = sections.sec_no) > capacity",
            "same_course", "select stno from has group by stno, c_no having count(*) > 1",
            "time_clash", """
                    select a.stno
                      from has a
                      join has b using (stno)
                     where a.sec_no < b.sec_no
                       and (a.slots & b.slots) <> 0::bit(112)
                    """,
            "credit_limit", "select stno from has group by stno having sum(credits) > " + LIMIT,
            "on_hold", "select stno from has join students using (stno) where hold_reason is not null",
            "empty while somebody waits who may have it", """
                    select w.stno, s.sec_no
                      from registrations w
                      join sections s using (sec_no)
                      join courses c using (c_no)
                     where w.status = 'waiting'
                       and (select count(*) from has where has.sec_no = s.sec_no) < s.capacity
                       and not exists (
                            select
                              from has
                             where has.stno = w.stno
                               and (has.c_no = s.c_no or (has.slots & s.slots) <> 0::bit(112)))
                       and (select coalesce(sum(has.credits), 0) from has where has.stno = w.stno) + c.credits <= %d
                    """.formatted(LIMIT));

    private final Enrollment enrollment = new Enrollment();
    private final Session shard = enrollment.shard(SHARD);

    @BeforeEach
    void few_seats() {
        shard.execute(ROWS);
    }

    @AfterEach
    void close() {
        enrollment.close();
    }

    @Test
    void no_seat_is_given_twice_or_stays_empty_and_nobody_waits_in_a_circle() {
        List<Callable<Set<String>>> callers = new ArrayList<>();
        var round = new CyclicBarrier(CALLERS);
        for (int i = 0; i < CALLERS; i++) {
            Session session = enrollment.openShard(SHARD);
            Random random = new Random(i);
            callers.add(() -> fight(session, random, round));
        }
        Set<String> outcomes =
                Waiting.allAtOnce(callers).stream().flatMap(Set::stream).collect(Collectors.toSet());

        assertThat(outcomes)
                .contains("registered", "waiting", "already_waiting", "section_full", "withdrawn", "swap registered")
                .contains("same_course", "time_clash", "credit_limit", "on_hold");
        VIOLATIONS.forEach((what, violations) ->
                assertThat(shard.rows(HAS + violations)).as(what).isEmpty());
        assertThat(enrollment.wrongSeats(SHARD)).isEmpty();
        // Somebody waited and got the seat, and somebody waits still.
        assertThat(shard.number("""
                        select count(*)
                          from registration_history h
                         where h.status = 'registered'
                           and (select b.status from registration_history b where b.reg_id = h.reg_id and b.version < h.version
                                 order by b.version desc limit 1) = 'waiting'
                        """)).isGreaterThan(100);
        assertThat(shard.number("select count(*) from registrations where status = 'waiting'"))
                .isPositive();
        assertThat(shard.number("select deadlocks from pg_stat_database where datname = current_database()"))
                .isZero();
    }

    private static Set<String> fight(Session session, Random random, CyclicBarrier round) throws Exception {
        Set<String> outcomes = new HashSet<>();
        for (int i = 0; i < ROUNDS; i++) {
            int size = 1 + random.nextInt(4);
            int[] stnos = random.ints(size, 1, STUDENTS + 1).toArray();
            int[] secNos = random.ints(size, 1, SECTIONS + 1).toArray();
            round.await(60, TimeUnit.SECONDS);
            switch (random.nextInt(8)) {
                case 0, 1, 2 ->
                    outcomes.addAll(session.rows(
                            "select outcome from register_students(?, ?, waits => array_fill(true, array[?]))",
                            stnos,
                            secNos,
                            size));
                case 3 -> outcomes.addAll(session.rows("select outcome from register_students(?, ?)", stnos, secNos));
                case 4, 5 -> outcomes.addAll(session.rows("""
                        select outcome
                          from withdraw_registrations(array(
                                select r.reg_id from registrations r where r.stno = any (?) and r.status <> 'withdrawn'
                                 order by random() limit ?))
                        """, stnos, size));
                case 6 -> outcomes.addAll(session.rows("""
                        select 'swap ' || s.registration
                          from (select r.reg_id from registrations r where r.stno = any (?) and r.status <> 'withdrawn'
                                 order by random() limit 1) r
                         cross join swap_registration(r.reg_id, ?) s
                        """, stnos, secNos[0]));
                default -> {
                    if (i % 10 == 0) {
                        session.execute("update sections set capacity = capacity + 1 where sec_no = ?", secNos[0]);
                    }
                }
            }
        }
        return outcomes;
    }
}
