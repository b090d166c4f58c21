package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the master keeps of a student, and what is left of one who is forgotten. */
class AnonymiseIT {

    private static final String SHARD = "5433";
    private static final String COUNTS = """
            select t.hall, u.name, r.status, count(*)
              from registrations r
              join students s using (stno)
              join universities u using (u_id)
              join sections t using (sec_no)
             group by 1, 2, 3
             order by 1, 2, 3
            """;

    private final Enrollment enrollment = new Enrollment();
    private final Session shard = enrollment.shard(SHARD);
    private final Session master = enrollment.master();
    private int stno;

    @BeforeEach
    void a_student_with_two_registrations_and_others() {
        stno = enrollment.student(SHARD);
        shard.execute("""
                update students
                   set st_address = '1 Lê Lợi', gender = 'F', prog_degree = 'Cử nhân', dob = '2005-06-07', col_id = 3, dep_id = 4
                 where stno = ?
                """, stno);
        long withdrawn = enrollment.register(SHARD, stno, enrollment.section(SHARD, 10));
        enrollment.register(SHARD, stno, enrollment.section(SHARD, 10));
        enrollment.registrations(SHARD, 3);
        shard.execute("select withdraw_registrations(?)", new long[] {withdrawn});
        master.execute("select sync_registrations_remapped()");
    }

    @AfterEach
    void close() {
        enrollment.close();
    }

    @Test
    void the_master_has_neither_address_nor_day_of_birth() throws IOException {
        String copies = "select count(*) from students where st_address is not null or dob is not null";
        assertThat(master.number(copies)).isZero();
        assertThat(master.number("select count(*) from students where gender = 'F'"))
                .isEqualTo(1);
        assertThat(shard.number("select count(*) from students where dob = '2005-06-07' and st_address = '1 Lê Lợi'"))
                .isEqualTo(1);
        assertThat(different()).isEmpty();

        // As an older release left it.
        master.execute("update students set st_address = '1 Lê Lợi', dob = '2005-06-07'");
        master.execute(Files.readString(Path.of("master", "V009__less_of_students.sql")));
        assertThat(master.number(copies)).isZero();
    }

    @Test
    void a_student_is_forgotten_on_shard_and_master_and_every_count_stays() {
        List<String> onShard = shard.rows(COUNTS);
        List<String> onMaster = master.rows(COUNTS);
        assertThat(onShard).hasSize(3);
        shard.execute("delete from outbox");
        noteALostRegistration();

        try (Session web = Session.as("ghidanh_web", Servers.shard(SHARD), enrollment.database())) {
            assertThat(web.text("select anonymise_student(?)", stno)).isEqualTo("anonymised");
            assertThat(web.text("select anonymise_student(?)", stno)).isEqualTo("unchanged");
            assertThat(web.text("select anonymise_student(-1)")).isEqualTo("unknown_student");
        }

        assertThat(shard.rows("select entity || ':' || entity_id from outbox")).containsExactly("student:" + stno);
        assertThat(master.rows("select outcome from sync_students_from_shard(?, ?)", SHARD, new int[] {stno}))
                .containsExactly("updated");
        String known =
                "select u_id, col_id, dep_id, lname, mname, fname, st_address, gender, prog_degree, dob from students";
        assertThat(shard.rows(known + " where stno = " + stno)).containsExactly("1|3|4|Ẩn||danh||||");
        assertThat(master.rows(known + " where lname = 'Ẩn'")).containsExactly("1|3|4|Ẩn||danh||||");
        assertThat(master.rows("select distinct student_name from lost_registrations"))
                .containsExactly("Ẩn danh");
        assertThat(master.number("select count(*) from students where prog_degree is not null"))
                .isZero();
        assertThat(shard.rows(COUNTS)).isEqualTo(onShard);
        assertThat(master.rows(COUNTS)).isEqualTo(onMaster);
        assertThat(enrollment.wrongSeats(SHARD)).isEmpty();
        assertThat(different()).isEmpty();
        assertThat(enrollment.differences(SHARD)).isEmpty();
    }

    private void noteALostRegistration() {
        master.execute("""
                select note_lost(array(
                    select r
                      from registrations r
                      join students_map m on m.master_stno = r.stno
                     where m.shard_name = ? and m.shard_stno = ?))
                """, SHARD, stno);
        assertThat(master.rows("select distinct student_name from lost_registrations"))
                .allMatch(name -> name.startsWith("Nguyễn Thị"));
    }

    private List<String> different() {
        return master.rows("select * from drift_buckets(?, 'student') where not same", SHARD);
    }
}
