package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ghidanh.embedded.PostgresCluster.StopMode;
import ghidanh.servers.PostgresServer;
import ghidanh.sql.Session.Refused;
import java.sql.SQLWarning;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The functions as the seed calls them, from psql. */
class ByHandIT {

    private final Enrollment enrollment = new Enrollment();
    private final Session master = enrollment.master();

    @AfterEach
    void close() {
        enrollment.close();
    }

    @Test
    void sync_registrations_remapped_brings_all_shards_and_counts_what_it_brought() {
        enrollment.registrations("5433", 3);
        long other = enrollment.registration("5434");

        assertThat(master.number("SELECT sync_registrations_remapped()")).isEqualTo(4);
        assertThat(master.number("SELECT sync_registrations_remapped()")).isZero();
        enrollment.shard("5434").execute("update registrations set mark = 9 where reg_id = ?", other);
        assertThat(master.number("SELECT sync_registrations_remapped()")).isEqualTo(1);

        assertThat(enrollment.differences("5433")).isEmpty();
        assertThat(enrollment.differences("5434")).isEmpty();
        assertThat(master.rows("SELECT reg_id, stno, sec_no, created_at, synced_at"
                        + " FROM registrations ORDER BY reg_id DESC LIMIT 10"))
                .hasSize(4);
        assertThat(master.number("select count(*) from registrations where synced_at is null"))
                .isZero();
        assertThat(master.number("select count(*) from registrations where synced_at < created_at"))
                .isZero();
    }

    @Test
    void sync_registrations_remapped_of_a_shard_leaves_the_other_alone() {
        enrollment.registrations("5433", 3);
        enrollment.registration("5434");

        assertThat(master.number("select sync_registrations_remapped('5434')")).isEqualTo(1);
        assertThat(master.rows("select shard_name from registrations")).containsExactly("5434");
    }

    @Test
    void sync_students_and_sections_from_shard_bring_new_and_changed_ones_and_count_them() {
        int stno = enrollment.student("5433");
        int secNo = enrollment.section("5433", 10);
        assertThat(master.number("select sync_students_from_shard('5433')")).isEqualTo(1);
        assertThat(master.number("select sync_sections_from_shard('5433')")).isEqualTo(1);

        enrollment.student("5433");
        enrollment.shard("5433").execute("update students set fname = 'Đức', mname = 'Minh' where stno = ?", stno);
        enrollment
                .shard("5433")
                .execute("update sections set hall = 'B7', capacity = 11, ins_id = 2 where sec_no = ?", secNo);
        assertThat(master.number("select sync_students_from_shard('5433')")).isEqualTo(2);
        assertThat(master.number("select sync_sections_from_shard('5433')")).isEqualTo(1);
        assertThat(master.number("select sync_students_from_shard('5433')")).isZero();
        assertThat(master.number("select sync_sections_from_shard('5433')")).isZero();

        assertThat(master.rows("select lname, mname, fname from students order by stno"))
                .containsExactly("Nguyễn|Minh|Đức", "Nguyễn|Thị|Ánh 1");
        assertThat(master.text("select hall, capacity, ins_id from sections")).isEqualTo("B7|11|2");
        assertThat(master.text("select name from instructors where ins_id = 2")).isEqualTo("Lê Thị Bình");
    }

    @Test
    void sync_all_remapped_counts_by_shard_and_kind() {
        enrollment.registrations("5433", 3);
        enrollment.student("5434");

        assertThat(master.rows("select * from sync_all_remapped()")).containsExactly("5433|3|1|3", "5434|1|0|0");
        assertThat(master.rows("select * from sync_all_remapped()")).containsExactly("5433|0|0|0", "5434|0|0|0");
    }

    @Test
    void students_of_the_same_number_on_two_shards_are_two() {
        enrollment.shard("5433").execute("insert into students (stno, u_id, lname, fname) values (77, 1, 'Lê', 'An')");
        enrollment
                .shard("5434")
                .execute("insert into students (stno, u_id, lname, fname) values (77, 11, 'Võ', 'Bảo')");
        master.rows("select * from sync_all_remapped()");

        assertThat(master.rows("""
                        select m.shard_name, m.shard_stno, s.lname, s.u_id
                          from students_map m
                          join students s on s.stno = m.master_stno
                         order by 1
                        """)).containsExactly("5433|77|Lê|1", "5434|77|Võ|11");
    }

    @Test
    void a_call_marks_what_earlier_ones_brought_and_never_its_own() {
        long early = enrollment.registration("5433");
        master.execute("select sync_registrations_remapped()");
        assertThat(marked("5433")).isEmpty();

        enrollment.registration("5433");
        enrollment.registration("5434");
        master.execute("select sync_registrations_remapped()");
        assertThat(marked("5433")).containsExactly(early);
        assertThat(marked("5434")).isEmpty();

        master.execute("select * from sync_all_remapped()");
        assertThat(marked("5433")).hasSize(2);
        assertThat(marked("5434")).hasSize(1);
    }

    @Test
    void in_a_transaction_that_has_written_a_call_brings_rows_and_leaves_the_marks_to_the_next() {
        enrollment.registration("5433");
        master.execute("select sync_registrations_remapped()");
        enrollment.registration("5433");

        master.begin();
        master.execute("create temporary table anything (i integer)");
        assertThat(master.number("select sync_registrations_remapped()")).isEqualTo(1);
        master.commit();
        assertThat(marked("5433")).isEmpty();

        master.begin();
        assertThat(master.number("select sync_registrations_remapped()")).isZero();
        enrollment.registration("5433");
        // The shard shows this transaction what it had when it began.
        assertThat(master.number("select sync_registrations_remapped('5433')")).isZero();
        master.commit();
        assertThat(marked("5433")).hasSize(2);
    }

    @Test
    void a_shard_that_is_down_is_left_out_with_a_warning() {
        enrollment.registration("5433");
        enrollment.registration("5434");
        PostgresServer shard = Servers.shard("5433");
        shard.stop(StopMode.FAST);
        try {
            assertThat(master.number("select sync_registrations_remapped()")).isEqualTo(1);
            assertThat(warning()).contains("shard 5433 cannot be read", "could not connect to server \"fdw_5433\"");
            assertThat(master.rows("select * from sync_all_remapped()")).containsExactly("5434|0|0|0");
            assertThat(warning()).contains("shard 5433 cannot be read");
            assertThat(marked("5434")).hasSize(1);
            refused("08001", () -> master.execute("select sync_registrations_remapped('5433')"));
            refused("08001", () -> master.execute("select sync_students_from_shard('5433')"));
            refused("08001", () -> master.execute("select detach_shard('5433')"));
        } finally {
            shard.start();
        }
        assertThat(master.number("select sync_registrations_remapped()")).isEqualTo(1);
    }

    @Test
    void a_wrong_password_is_told_with_its_server_and_cured_by_alter_user_mapping() {
        enrollment.registration("5433");
        enrollment.registration("5434");
        master.execute("alter user mapping for current_user server fdw_5434 options (set password 'wrong')");
        assertThat(master.number("select sync_registrations_remapped()")).isEqualTo(1);
        assertThat(warning())
                .contains(
                        "shard 5434 cannot be read",
                        "fdw_5434",
                        "password authentication failed for user \"postgres\"");

        master.execute("alter user mapping for current_user server fdw_5434 options (set password '"
                + Servers.shard("5434").password() + "')");
        assertThat(master.number("select sync_registrations_remapped()")).isEqualTo(1);
        assertThat(master.warnings()).isEmpty();
    }

    @Test
    void no_error_tells_a_password() {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(
                        () -> master.text(
                                "select attach_shard('5433', 'localhost', 1, 'ghidanh_fdw', 'a secret', 'x', 'role_of_nobody')"))
                .withMessageContaining("role \"role_of_nobody\" does not exist")
                .withMessageContaining("Where: PL/pgSQL function attach_shard")
                .satisfies(refused -> assertThat(refused).message().doesNotContain("a secret"));
    }

    @Test
    void a_rotated_password_reaches_the_mapping_of_whoever_attaches_as_well() {
        master.text("select attach_shard('5433', 'localhost', 1, 'ghidanh_fdw', 'old', 'x', 'ghidanh_sync')");
        master.execute("alter user mapping for current_user server fdw_5433 options (set user 'ghidanh_fdw')");

        master.text("select attach_shard('5433', 'localhost', 1, 'ghidanh_fdw', 'new', 'x', 'ghidanh_sync')");

        assertThat(master.rows("select usename, umoptions from pg_user_mappings where srvname = 'fdw_5433' order by 1"))
                .containsExactly(
                        "ghidanh_sync|{user=ghidanh_fdw,password=new}", "postgres|{user=ghidanh_fdw,password=new}");
    }

    @Test
    void a_shard_without_tables_is_left_out_with_a_warning() {
        enrollment.registration("5433");
        Servers.createEmptyDatabase(Servers.shard("5434"), "without_tables");
        PostgresServer shard = Servers.shard("5434");
        master.text(
                "select attach_shard('5435', ?, ?, ?, ?, 'without_tables')",
                shard.fdwHost(),
                shard.fdwPort(),
                shard.user(),
                shard.password());

        assertThat(master.number("select sync_registrations_remapped()")).isEqualTo(1);
        assertThat(warning()).contains("shard 5435 cannot be read", "relation \"public.registrations\" does not exist");
    }

    @Test
    void an_unattached_shard_is_refused_by_every_function() {
        for (String call : List.of(
                "sync_registrations_remapped('5499')",
                "sync_students_from_shard('5499')",
                "sync_sections_from_shard('5499')",
                "sync_registrations_remapped('5499', '{1}')",
                "sync_students_from_shard('5499', '{1}')",
                "sync_sections_from_shard('5499', '{1}')",
                "mark_synced('5499', '{1}')",
                "detach_shard('5499')",
                "sync_registrations_remapped('x; drop table students')")) {
            refused("RM002", () -> master.execute("select " + call));
        }
    }

    @Test
    void without_shards_there_is_nothing_to_sync() {
        for (String shard : Servers.SHARDS) {
            master.execute("select detach_shard(?)", shard);
        }
        assertThat(master.number("select sync_registrations_remapped()")).isZero();
        assertThat(master.rows("select * from sync_all_remapped()")).isEmpty();
    }

    @Test
    void attaching_again_changes_only_what_differs() {
        assertThat(enrollment.attach("5433")).isEqualTo("unchanged");

        master.execute("alter server fdw_5433 options (set fetch_size '777', add use_remote_estimate 'false')");
        assertThat(enrollment.attach("5433")).isEqualTo("unchanged");
        master.execute("alter server fdw_5433 options (set host '192.0.2.1')");
        assertThat(enrollment.attach("5433")).isEqualTo("changed");
        master.execute("alter user mapping for current_user server fdw_5433 options (set password 'wrong')");
        assertThat(enrollment.attach("5433")).isEqualTo("changed");
        assertThat(serverOptions())
                .contains("fetch_size=777", "host=" + Servers.shard("5433").fdwHost(), "use_remote_estimate=false");

        // As if an older version had attached it.
        master.execute("update shards set definition = 'older'");
        master.execute("alter server fdw_5433 options (drop tcp_user_timeout)");
        assertThat(enrollment.attach("5433")).isEqualTo("changed");
        assertThat(serverOptions()).contains("fetch_size=10000", "tcp_user_timeout=15000", "use_remote_estimate=false");
        enrollment.registration("5433");
        assertThat(master.number("select sync_registrations_remapped()")).isEqualTo(1);
    }

    @Test
    void a_name_that_is_not_one_cannot_be_attached() {
        for (String name : List.of("", "5433; drop", "Öffentlich", "a".repeat(31))) {
            refused("22023", () -> master.execute("select attach_shard(?, 'localhost', 1)", name));
        }
        assertThat(master.text("select attach_shard(?, 'localhost', 1)", "a".repeat(30)))
                .isEqualTo("attached");
    }

    @Test
    void attaching_at_once_from_two_services_is_harmless() {
        Session first = enrollment.openMaster();
        Session second = enrollment.openMaster();
        master.execute("drop server fdw_5433 cascade");
        master.execute("delete from shards where name = '5433'");

        assertThat(Waiting.allAtOnce(
                        List.of(() -> enrollment.attach(first, "5433"), () -> enrollment.attach(second, "5433"))))
                .containsExactlyInAnyOrder("attached", "unchanged");
    }

    @Test
    void detaching_is_refused_while_the_master_does_not_show_everything() {
        long regId = enrollment.registration("5433");
        refused("RM005", () -> master.execute("select detach_shard('5433')"));
        master.execute("select sync_registrations_remapped()");
        enrollment.shard("5433").execute("select withdraw_registrations(?)", new long[] {regId});
        refused("RM005", () -> master.execute("select detach_shard('5433')"));

        master.execute("select sync_registrations_remapped()");
        master.execute("select detach_shard('5433')");
        assertThat(master.rows("select name from shards")).containsExactly("5434");
        assertThat(master.rows("select srvname from pg_foreign_server")).containsExactly("fdw_5434");
        assertThat(master.number("select count(*) from registrations")).isEqualTo(1);
    }

    @Test
    void a_shard_attached_again_goes_on_where_it_was() {
        enrollment.registration("5433");
        master.execute("select sync_registrations_remapped()");
        master.execute("select detach_shard('5433')");
        enrollment.registration("5433");

        assertThat(enrollment.attach("5433")).isEqualTo("attached");
        assertThat(master.rows("select * from sync_all_remapped()")).containsExactly("5433|1|1|1", "5434|0|0|0");
        assertThat(enrollment.differences("5433")).isEmpty();
    }

    @Test
    void the_seed_s_foreign_tables_show_the_shard() {
        enrollment.registrations("5433", 3);

        assertThat(master.number("SELECT COUNT(*) FROM students_5433")).isEqualTo(3);
        assertThat(master.number("select count(*) from sections_5433")).isEqualTo(1);
        assertThat(master.number("select count(*) from registrations_5433")).isEqualTo(3);
        assertThat(master.text("select name from universities_5433")).isEqualTo("Đại học 5433");
        assertThat(master.number("select count(*) from courses_5433")).isEqualTo(2);
        assertThat(master.number("select count(*) from instructors_5433")).isEqualTo(2);
    }

    private List<Long> marked(String shard) {
        return enrollment
                .shard(shard)
                .rows("select reg_id from registrations where synced_at is not null order by 1")
                .stream()
                .map(Long::valueOf)
                .toList();
    }

    private String warning() {
        assertThat(master.warnings()).hasSize(1);
        SQLWarning warning = master.warnings().get(0);
        return String.valueOf(warning.getMessage());
    }

    private List<String> serverOptions() {
        return master.rows("select unnest(srvoptions) from pg_foreign_server where srvname = 'fdw_5433'");
    }

    private static void refused(String state, Runnable call) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(call::run)
                .extracting(Refused::state)
                .isEqualTo(state);
    }
}
