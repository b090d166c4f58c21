package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLWarning;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The statements that postgres_fdw sends, and the plans of the functions, as auto_explain shows them where they run. */
class StatementShapeIT {

    private static final Pattern REMOTE_SQL = Pattern.compile("Remote SQL: (.*)");

    private final Enrollment enrollment = new Enrollment();
    private final Session master = enrollment.openMaster();

    @BeforeEach
    void watch() {
        master.execute("""
                load 'auto_explain';
                set auto_explain.log_min_duration = 0;
                set auto_explain.log_nested_statements = on;
                set auto_explain.log_verbose = on;
                set auto_explain.log_level = notice;
                """);
    }

    @AfterEach
    void close() {
        enrollment.close();
    }

    @Test
    void rows_are_read_by_one_scan_with_the_numbers_as_one_parameter() {
        long[] regIds = enrollment.registrations("5433", 3);
        Enrollment.sync(master, "5433", regIds);
        assertThat(remote("select * from sync_students_from_shard('5433', '{1,2,3}')"))
                .singleElement()
                .asString()
                .startsWith("SELECT stno, u_id,")
                .endsWith("FROM public.students WHERE ((stno = ANY ($1::integer[])))");
        assertThat(remote("select * from sync_sections_from_shard('5433', '{1,2,3}')"))
                .singleElement()
                .asString()
                .startsWith("SELECT sec_no, year,")
                .endsWith("FROM public.sections WHERE ((sec_no = ANY ($1::integer[])))");
        assertThat(remote("select * from sync_registrations_remapped('5433', '{1,2,3}')"))
                .containsExactly("SELECT reg_id, stno, sec_no, created_at, mark, status, version, changed_by"
                        + " FROM public.registrations WHERE ((reg_id = ANY ($1::bigint[])))");
    }

    @Test
    void what_a_registration_needs_is_read_by_one_scan_per_table() {
        long[] regIds = enrollment.registrations("5433", 3);

        List<String> statements = remote("select * from sync_registrations_remapped('5433', ?)", regIds);
        assertThat(statements)
                .hasSize(6)
                .allMatch(statement -> statement.startsWith("SELECT ") && statement.contains(" = ANY ("));
        assertThat(statements.stream().map(statement -> statement.replaceAll(".* FROM public\\.(\\w+) .*", "$1")))
                .containsExactlyInAnyOrder(
                        "registrations", "students", "universities", "sections", "courses", "instructors");
    }

    @Test
    void a_mark_is_one_foreign_update() {
        long[] regIds = enrollment.registrations("5433", 3);
        Enrollment.sync(master, "5433", regIds);

        String plans = plans("select mark_synced('5433', ?)", regIds);
        assertThat(plans)
                .contains("Foreign Update on public.registrations_5433")
                .doesNotContain("FOR UPDATE");
        assertThat(remoteOf(plans))
                .containsExactly("UPDATE public.registrations SET synced_at = $1::timestamp with time zone"
                        + " WHERE (((synced_at IS NULL)::integer = 1)) AND ((reg_id = ANY ($2::bigint[])))"
                        + " AND ((version = ANY ($3::bigint[])))"
                        + " AND ((created_at = ANY ($4::timestamp with time zone[])))");
    }

    /** A backlog after a quiet hour: reading all unmarked rows in every call would make its marks quadratic. */
    @Test
    void a_mark_looks_its_rows_up_by_number_whatever_the_statistics_say() {
        Session shard = enrollment.shard("5433");
        long[] marked = enrollment.registrations("5433", 2000);
        Enrollment.sync(master, "5433", marked);
        master.execute("select mark_synced('5433', ?)", marked);
        shard.execute("vacuum analyze registrations");
        long[] unmarked = enrollment.registrations("5433", 500);
        Enrollment.sync(master, "5433", unmarked);

        String update =
                remoteOf(plans("select mark_synced('5433', ?)", unmarked)).get(0);
        String numbers = Arrays.toString(unmarked).replace('[', '{').replace(']', '}');
        String plan = String.join(
                "\n",
                shard.rows("explain "
                        + update.replace("$1::", "clock_timestamp()::")
                                .replaceAll("\\$[23]", "'" + numbers + "'")
                                .replace("$4", "array(select created_at from registrations)")));

        assertThat(plan).contains("registrations_pkey").doesNotContain("registrations_unsynced");
    }

    @Test
    void a_sync_by_hand_compares_two_columns_and_fetches_what_differs() {
        enrollment.registrations("5433", 3);
        master.execute("select sync_registrations_remapped('5433')");

        assertThat(remote("select sync_registrations_remapped('5433')"))
                .satisfiesExactly(
                        unmarked -> assertThat(unmarked)
                                .startsWith("SELECT ")
                                .contains("reg_id")
                                .endsWith(" FROM public.registrations WHERE ((synced_at IS NULL))"),
                        mark -> assertThat(mark).startsWith("UPDATE public.registrations SET synced_at"),
                        students -> assertThat(students).startsWith("SELECT stno, version FROM public.students"),
                        sections -> assertThat(sections).startsWith("SELECT sec_no, version FROM public.sections"),
                        registrations -> assertThat(registrations)
                                .startsWith("SELECT reg_id, version FROM public.registrations"));
    }

    @Test
    void counts_are_counted_on_the_shard() {
        assertThat(remote("SELECT COUNT(*) FROM students_5433"))
                .containsExactly("SELECT count(*) FROM public.students");
        assertThat(remote("select min(created_at), count(*) from registrations_5433 where synced_at is null"))
                .containsExactly(
                        "SELECT min(created_at), count(*) FROM public.registrations WHERE ((synced_at IS NULL))");
    }

    @Test
    void plans_made_on_empty_tables_do_not_scan_them_when_they_are_full() {
        master.execute("vacuum analyze");
        // Every function makes its plans now, for one row, and keeps them for the session.
        long[] first = enrollment.registrations("5433", 1);
        for (int i = 0; i < 7; i++) {
            Enrollment.sync(master, "5433", first);
            master.execute("select mark_synced('5433', ?)", first);
            master.execute("select * from sync_students_from_shard('5433', '{1}')");
            master.execute("select * from sync_sections_from_shard('5433', '{1}')");
        }

        long[] regIds = enrollment.registrations("5433", 50);
        enrollment.shard("5433").execute("update students set fname = 'Mới' where stno = 1");
        enrollment.shard("5433").execute("update sections set hall = 'Z9' where sec_no = 1");
        enrollment.shard("5433").execute("update registrations set mark = 5 where reg_id = ?", first[0]);
        String plans = plans("select * from sync_registrations_remapped('5433', ?)", regIds)
                + plans("select * from sync_registrations_remapped('5433', ?)", first)
                + plans("select * from sync_registrations_remapped('5433', ?)", regIds)
                + plans("select mark_synced('5433', ?)", regIds)
                + plans("select * from sync_students_from_shard('5433', '{1,2,3}')")
                + plans("select * from sync_sections_from_shard('5433', '{1,2,3}')");

        assertThat(plans).contains("registrations_source", "students_map_pkey", "sections_map_pkey");
        assertThat(plans)
                .doesNotContain(
                        "Seq Scan on public.registrations",
                        "Seq Scan on public.students",
                        "Seq Scan on public.sections");
    }

    private List<String> remote(String sql, Object... parameters) {
        return remoteOf(plans(sql, parameters));
    }

    private static List<String> remoteOf(String plans) {
        return REMOTE_SQL.matcher(plans).results().map(match -> match.group(1)).toList();
    }

    private String plans(String sql, Object... parameters) {
        master.rows(sql, parameters);
        StringBuilder plans = new StringBuilder();
        for (SQLWarning warning : master.warnings()) {
            plans.append(Objects.requireNonNull(warning.getMessage())).append('\n');
        }
        return plans.toString();
    }
}
