package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A shard at another place: here a copy of its database under another number, as a restore leaves it. */
class IncarnationIT {

    private static final long MICROSECONDS_OF_2020 = 1_577_836_800_000_000L;

    private static final long SECONDS_FROM_2025_TO_2026 = 31_536_000;

    private final Enrollment enrollment = new Enrollment();
    private final Session shard = enrollment.shard("5433");
    private final String copy = enrollment.database() + "_copy";

    @AfterEach
    void close() {
        enrollment.close();
        try (Session postgres = Session.on(Servers.shard("5433"), "postgres")) {
            postgres.execute("drop database if exists " + copy + " with (force)");
        }
    }

    @Test
    void a_database_that_stays_where_it_is_counts_on() {
        long first = enrollment.registration("5433");
        Session another = enrollment.openShard("5433");
        int student = enrollment.student("5433");
        int section = enrollment.section("5433", 1);

        assertThat(another.number(
                        "insert into registrations (stno, sec_no) values (?, ?) returning reg_id", student, section))
                .isEqualTo(first + 1);
        assertThat(shard.rows("select incarnation, reason from incarnations")).containsExactly("0|first");
    }

    @Test
    void whoever_writes_first_to_a_copy_gets_numbers_above_all_that_were_given() {
        long last = enrollment.registration("5433");
        int student = enrollment.student("5433");
        int section = enrollment.section("5433", 1);
        makeCopy();

        try (Session restored = Session.on(Servers.shard("5433"), copy)) {
            String[] row = restored.text(
                            "insert into registrations (stno, sec_no) values (?, ?) returning reg_id, version",
                            student,
                            section)
                    .split("\\|");
            assertThat(Long.parseLong(row[0])).isGreaterThan(MICROSECONDS_OF_2020);
            assertThat(Long.parseLong(row[1])).isGreaterThan(MICROSECONDS_OF_2020);
            assertThat(restored.number(
                            "insert into students (u_id, lname, fname) values (1, 'Lý', 'An') returning stno"))
                    .as("above what an earlier use of the same copy gave")
                    .isGreaterThan(SECONDS_FROM_2025_TO_2026)
                    .isLessThan(Integer.MAX_VALUE);
            assertThat(restored.number("select version from registrations where reg_id = ?", last))
                    .isLessThan(MICROSECONDS_OF_2020);
            assertThat(restored.rows("select incarnation > 0, reason like 'it was at %/%/% and is at %/%/%'"
                            + " from incarnations order by incarnation"))
                    .containsExactly("f|f", "t|t");
        }
    }

    @Test
    void a_changed_row_of_a_copy_is_newer_than_any_state_that_was_lost() {
        long regId = enrollment.registration("5433");
        makeCopy();
        try (Session restored = Session.on(Servers.shard("5433"), copy)) {
            restored.execute("select withdraw_registrations(?)", new long[] {regId});
            assertThat(restored.number("select version from registrations")).isGreaterThan(MICROSECONDS_OF_2020);
        }
    }

    @Test
    void many_who_write_first_begin_one_incarnation() {
        enrollment.registration("5433");
        makeCopy();
        List<Session> sessions = new ArrayList<>();
        List<Callable<Long>> writers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Session session = Session.on(Servers.shard("5433"), copy);
            sessions.add(session);
            writers.add(() -> session.number(
                    "insert into students (u_id, lname, fname) values (1, 'Lý', 'An') returning version"));
        }

        assertThat(Waiting.allAtOnce(writers)).doesNotHaveDuplicates().allMatch(v -> v > MICROSECONDS_OF_2020);
        assertThat(sessions.get(0).number("select count(*) from incarnations")).isEqualTo(2);
        sessions.forEach(Session::close);
    }

    @Test
    void a_write_that_is_rolled_back_takes_its_incarnation_along_and_the_next_begins_one() {
        enrollment.registration("5433");
        makeCopy();
        try (Session restored = Session.on(Servers.shard("5433"), copy)) {
            restored.begin();
            restored.execute("update students set fname = 'Ý'");
            restored.rollback();
            assertThat(restored.number("select count(*) from incarnations")).isEqualTo(1);
            restored.execute("update students set fname = 'Ý'");
            assertThat(restored.number("select count(*) from incarnations")).isEqualTo(2);
        }
    }

    @Test
    void an_incarnation_may_be_begun_by_hand() {
        enrollment.registration("5433");
        assertThat(shard.number("select begin_incarnation('the disk was copied')"))
                .isGreaterThan(MICROSECONDS_OF_2020);
        assertThat(shard.number("select begin_incarnation('again')")).isGreaterThan(MICROSECONDS_OF_2020);
        assertThat(enrollment.registration("5433")).isGreaterThan(MICROSECONDS_OF_2020);
        assertThat(shard.rows("select reason from incarnations order by incarnation"))
                .containsExactly("first", "the disk was copied", "again");
    }

    private void makeCopy() {
        try (Session postgres = Session.on(Servers.shard("5433"), "postgres")) {
            postgres.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = '"
                    + enrollment.database() + "'");
            Waiting.until(() -> postgres.number(
                            "select count(*) from pg_stat_activity where datname = '" + enrollment.database() + "'")
                    == 0);
            postgres.execute("create database " + copy + " template " + enrollment.database());
        }
    }
}
