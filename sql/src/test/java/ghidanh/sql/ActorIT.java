package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who made a change goes with the row: to the outbox, into the history, and to the master. */
class ActorIT {

    private static final String SHARD = "5433";
    private static final String OUTBOX = "select entity, actor from outbox order by id";
    private static final String HISTORY =
            "select changed_by, status, mark from registration_history where reg_id = ? order by version";
    private static final String ON_MASTER = "select changed_by from registrations where shard_reg_id = ?";

    private final Enrollment enrollment = new Enrollment();
    private final Session shard = enrollment.shard(SHARD);
    private final Session master = enrollment.master();
    private final int stno = enrollment.student(SHARD);
    private final int other = enrollment.student(SHARD);
    private final int secNo = enrollment.section(SHARD, 10);

    @BeforeEach
    void empty() {
        shard.execute("delete from outbox");
    }

    @AfterEach
    void close() {
        enrollment.close();
    }

    @Test
    void each_of_a_batch_is_by_its_own_caller() {
        List<Long> regIds = shard
                .rows(
                        "select reg_id from register_students(?, ?, null, ?) order by ord",
                        new int[] {stno, other, stno},
                        new int[] {secNo, secNo, secNo},
                        new String[] {"student:5433-1", null, "registrar:lan"})
                .stream()
                .map(Long::valueOf)
                .toList();
        long regId = regIds.get(0);
        assertThat(shard.rows(OUTBOX)).containsExactly("registration|student:5433-1", "registration|database:postgres");
        assertThat(enrollment.sync(SHARD, regId, regIds.get(1))).containsValue("inserted");
        assertThat(master.text(ON_MASTER, regId)).isEqualTo("student:5433-1");

        shard.execute("update registrations set mark = 8 where reg_id = ?", regId);
        shard.execute("update registrations set mark = null where reg_id = ?", regId); // a graded one stays
        shard.execute("select withdraw_registrations(?, null, ?)", new long[] {-1, regId, regId}, new String[] {
            "registrar:an", "registrar:lan", "registrar:binh"
        });
        assertThat(enrollment.sync(SHARD, regId)).containsValue("updated");
        assertThat(master.text(ON_MASTER, regId)).isEqualTo("registrar:lan");

        shard.execute("select register_students(?, ?, null, ?)", new int[] {stno}, new int[] {secNo}, new String[] {
            "student:5433-1"
        });
        assertThat(shard.rows(HISTORY, regId))
                .containsExactly(
                        "student:5433-1|registered|",
                        "database:postgres|registered|8.00",
                        "database:postgres|registered|",
                        "registrar:lan|withdrawn|",
                        "student:5433-1|registered|");
    }

    @Test
    void whoever_writes_by_hand_is_named_by_the_session_and_not_by_what_they_write() {
        long regId = shard.number(
                "insert into registrations (stno, sec_no, changed_by) values (?, ?, 'student:5433-9') returning reg_id",
                stno,
                secNo);
        shard.execute("set ghidanh.actor = 'registrar:lan'");
        shard.execute("update registrations set status = 'withdrawn', changed_by = 'nobody' where reg_id = ?", regId);
        shard.execute("update students set fname = 'Bình' where stno = ?", stno);
        shard.execute("select anonymise_student(?, 'registrar:an')", other);
        shard.execute("update registrations set synced_at = clock_timestamp() where reg_id = ?", regId);

        assertThat(shard.rows(HISTORY, regId))
                .containsExactly("database:postgres|registered|", "registrar:lan|withdrawn|");
        assertThat(shard.rows(OUTBOX))
                .containsExactly(
                        "registration|database:postgres",
                        "registration|registrar:lan",
                        "student|registrar:lan",
                        "student|registrar:an");
    }

    @Test
    void a_role_of_a_service_is_named_where_no_caller_is() {
        try (Session web = Session.as("ghidanh_web", Servers.shard(SHARD), enrollment.database())) {
            web.execute("select register_students(?, ?)", new int[] {stno}, new int[] {secNo});
            assertThat(web.rows("select changed_by from registration_history")).containsExactly("database:ghidanh_web");
        }
    }

    @Test
    void as_many_callers_as_wishes() {
        assertThatThrownBy(() -> shard.execute(
                        "select register_students(?, ?, null, ?)", new int[] {stno}, new int[] {secNo}, new String[] {
                            "a", "b"
                        }))
                .hasMessageContaining("1 students but 2 actors");
        assertThatThrownBy(() -> shard.execute(
                        "select withdraw_registrations(?, null, ?)", new long[] {1, 2}, new String[] {"a"}))
                .hasMessageContaining("2 registrations but 1 actors");
    }
}
