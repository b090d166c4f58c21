package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ghidanh.sql.Session.Refused;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a shard lets nobody choose: versions, numbers given before, seats taken, times that nobody can show. */
class GuardIT {

    private final Enrollment enrollment = new Enrollment();
    private final Session master = enrollment.master();
    private final Session shard = enrollment.shard("5433");
    private int student;
    private int section;

    @BeforeEach
    void prepare() {
        student = enrollment.student("5433");
        section = enrollment.section("5433", 10);
    }

    @AfterEach
    void close() {
        enrollment.close();
    }

    @Test
    void an_imported_registration_gets_a_version_of_this_shard_and_no_mark() {
        shard.execute("""
                insert into registrations (reg_id, stno, sec_no, version, synced_at)
                values (77, ?, ?, 9000000000, clock_timestamp())
                """, student, section);
        assertThat(shard.text("select version < 1000, synced_at from registrations"))
                .isEqualTo("t|");

        enrollment.sync("5433", 77);
        shard.execute("select withdraw_registrations('{77}')");
        enrollment.sync("5433", 77);
        assertThat(master.text("select status from registrations")).isEqualTo("withdrawn");
        assertThat(enrollment.differences("5433")).isEmpty();
    }

    @Test
    void numbers_go_on_above_those_that_were_brought_along() {
        shard.execute("insert into registrations (reg_id, stno, sec_no) values (77, ?, ?)", student, section);
        shard.execute(
                "insert into students (stno, u_id, lname, fname, version) values (500, 1, 'Lý', 'An', 9000000000)");
        shard.execute("""
                insert into sections (sec_no, year, semester, time, hall, c_no, capacity, enrolled, version)
                values (600, 2026, 1, 'T2 1-3', 'A1', 1, 10, 7, 9000000000)
                """);

        int next = enrollment.student("5433");
        assertThat(next).isEqualTo(501);
        assertThat(enrollment.section("5433", 10)).isEqualTo(601);
        assertThat(enrollment.register("5433", next, 600)).isEqualTo(78);
        assertThat(shard.number("select max(version) from (select version from students union all "
                        + "select version from sections union all select version from registrations) v"))
                .isLessThan(1000);
        assertThat(enrollment.wrongSeats("5433")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update registrations set reg_id = 5000",
                "update students set stno = 5000",
                "update sections set sec_no = 5000 where sec_no = 2"
            })
    void numbers_never_change(String statement) {
        shard.execute("insert into registrations (stno, sec_no) values (?, ?)", student, section);
        enrollment.section("5433", 1);
        assertRefused("RM006", statement);
    }

    @ParameterizedTest
    @ValueSource(strings = {"students", "sections", "registrations"})
    void a_version_that_a_client_writes_is_the_next_one(String table) {
        shard.execute("insert into registrations (stno, sec_no) values (?, ?)", student, section);
        for (String version : new String[] {"9223372036854775807", "0"}) {
            long before = shard.number("select max(version) from " + table);
            shard.execute("update " + table + " set version = " + version);
            assertThat(shard.number("select min(version) from " + table)).isBetween(before + 1, before + 100);
        }
    }

    @Test
    void seats_are_not_counted_by_hand() {
        shard.execute("insert into registrations (stno, sec_no) values (?, ?)", student, section);
        assertRefused("RM007", "update sections set enrolled = 0");
        assertRefused("RM007", "update sections set enrolled = enrolled + 1");
        shard.execute("update sections set enrolled = 1");
        assertThat(enrollment.wrongSeats("5433")).isEmpty();
    }

    @Test
    void seats_that_a_load_past_the_triggers_left_wrong_are_found_and_put_right() {
        int another = enrollment.section("5433", 0);
        shard.execute("set session_replication_role = replica");
        shard.execute(
                "insert into registrations (stno, sec_no) values (?, ?), (?, ?)", student, section, student, another);
        shard.execute("reset session_replication_role");

        assertThat(master.rows("select * from wrong_seats('5433')"))
                .containsExactly(section + "|0|1", another + "|0|1");
        assertThat(master.number("select repair_seats('5433')")).isEqualTo(1);
        assertThat(master.rows("select * from wrong_seats('5433')"))
                .as("more registrations than seats are for a person")
                .containsExactly(another + "|0|1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "registrations_time; insert into registrations (stno, sec_no, created_at) values (1, 1, 'infinity')",
                "registrations_time; insert into registrations (stno, sec_no, created_at) values (1, 1, '-infinity')",
                "registrations_time; insert into registrations (stno, sec_no, created_at) values (1, 1, '10000-01-01')",
                "registrations_time; insert into registrations (stno, sec_no, created_at) values (1, 1, '0044-03-15 BC')",
                "registrations_number; insert into registrations (reg_id, stno, sec_no) values (0, 1, 1)",
                "students_number; insert into students (stno, u_id, lname, fname) values (-1, 1, 'Lý', 'An')",
                "sections_number; insert into sections (sec_no, year, semester, time, hall, c_no, capacity)"
                        + " values (0, 2026, 1, '', '', 1, 1)",
                "sections_texts; update sections set hall = repeat('A', 201)",
                "sections_texts; update sections set time = repeat('ế', 9600)"
            })
    void what_nobody_can_hold_or_show_is_refused_by_name(String constraint, String statement) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> shard.execute(statement))
                .withMessageContaining(constraint)
                .extracting(Refused::state)
                .isEqualTo("23514");
    }

    @Test
    void the_longest_texts_reach_the_master() {
        shard.execute("update sections set hall = repeat('ế', 200), time = repeat('ế', 200)");
        assertThat(master.number("select sync_sections_from_shard('5433')")).isEqualTo(1);
    }

    @Test
    void a_row_from_before_the_limits_is_refused_by_the_master_as_one_row() {
        shard.execute("alter table sections drop constraint sections_texts");
        shard.execute("update sections set hall = repeat('A', 9600)");
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> master.execute("select * from sync_sections_from_shard('5433', '{1}')"))
                .withMessageContaining("sections_texts")
                .extracting(Refused::state)
                .isEqualTo("23514");
    }

    @Test
    void foreign_objects_that_somebody_took_away_come_back_with_the_next_attach() {
        master.execute("drop server fdw_5433 cascade");
        assertThat(enrollment.attach("5433")).isEqualTo("attached");
        assertThat(master.number("select count(*) from students_5433")).isEqualTo(1);
        master.execute("drop foreign table registrations_5433");
        assertThat(enrollment.attach("5433")).isEqualTo("changed");
        master.execute("drop function read_students_5433");
        assertThat(enrollment.attach("5433")).isEqualTo("changed");
        assertThat(enrollment.attach("5433")).isEqualTo("unchanged");
        assertThat(master.number("select sync_students_from_shard('5433')")).isEqualTo(1);
    }

    private void assertRefused(String state, String statement) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> shard.execute(statement))
                .extracting(Refused::state)
                .isEqualTo(state);
    }
}
