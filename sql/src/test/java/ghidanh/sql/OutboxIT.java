package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutboxIT {

    private final Enrollment enrollment = new Enrollment();
    private final Session shard = enrollment.shard("5433");
    private final int stno = enrollment.student("5433");
    private final int secNo = enrollment.section("5433", 10);
    private final int otherSecNo = enrollment.section("5433", 10);
    private final long regId = enrollment.register("5433", stno, secNo);

    @BeforeEach
    void empty() {
        shard.execute("delete from outbox");
    }

    @AfterEach
    void close() {
        enrollment.close();
    }

    @Test
    void every_new_row_leaves_one_outbox_row_whoever_writes_it() {
        int student = enrollment.student("5433");
        int section = enrollment.section("5433", 5);
        long plain = enrollment.register("5433", student, section);
        long called =
                shard.number("select reg_id from register_students(?, ?)", new int[] {student}, new int[] {otherSecNo});

        assertThat(outbox())
                .containsExactly(
                        "student|" + student, "section|" + section, "registration|" + plain, "registration|" + called);
    }

    @Test
    void a_statement_of_many_rows_leaves_one_for_each() {
        enrollment.students("5433", 3);
        shard.execute(
                "insert into registrations (stno, sec_no) select s.stno, ? from students s where s.stno <> ?",
                otherSecNo,
                stno);
        shard.execute("update registrations set mark = 8 where sec_no = ?", otherSecNo);

        assertThat(shard.rows(
                        "select entity, count(*), count(distinct entity_id) from outbox group by entity order by 1"))
                .containsExactly("registration|6|3", "student|3|3");
    }

    @Test
    void each_change_of_a_registration_leaves_one() {
        shard.execute("select withdraw_registrations(?)", new long[] {regId});
        shard.execute("select register_students(?, ?)", new int[] {stno}, new int[] {secNo});
        shard.execute("update registrations set mark = 9.5 where reg_id = ?", regId);
        shard.execute("update registrations set sec_no = ? where reg_id = ?", otherSecNo, regId);

        assertThat(outbox())
                .containsExactlyElementsOf(List.of(
                        "registration|" + regId,
                        "registration|" + regId,
                        "registration|" + regId,
                        "registration|" + regId));
        assertThat(enrollment.wrongSeats("5433")).isEmpty();
    }

    @Test
    void each_change_of_a_student_or_section_leaves_one() {
        shard.execute("update students set fname = 'Bình' where stno = ?", stno);
        shard.execute("update students set dob = '2006-02-03' where stno = ?", stno);
        shard.execute("update sections set hall = 'B9', capacity = 12 where sec_no = ?", secNo);

        assertThat(outbox()).containsExactly("student|" + stno, "student|" + stno, "section|" + secNo);
    }

    @Test
    void what_the_master_need_not_see_leaves_none() {
        shard.execute("update registrations set synced_at = clock_timestamp()");
        shard.execute("update sections set enrolled = enrolled");
        shard.execute("update students set fname = fname");
        shard.execute("update registrations set status = status, created_at = created_at");
        shard.execute("update courses set c_name = 'Cơ sở dữ liệu 1' where c_no = 1");
        shard.execute("select withdraw_registrations('{-1}')");
        shard.execute("select register_students(?, ?)", new int[] {stno}, new int[] {secNo});

        assertThat(outbox()).isEmpty();
    }

    @Test
    void a_transaction_rolled_back_leaves_none() {
        shard.begin();
        enrollment.student("5433");
        shard.rollback();

        assertThat(outbox()).isEmpty();
    }

    @Test
    void each_registration_of_a_batch_carries_the_trace_of_its_own_request() {
        int student = enrollment.student("5433");
        int other = enrollment.student("5433");
        long withdrawn = enrollment.register("5433", other, secNo);
        shard.execute("select withdraw_registrations(?)", new long[] {withdrawn});
        shard.execute("delete from outbox");

        // A new one, one asked for twice, one without a trace, one refused, and a withdrawn one that comes back.
        shard.execute(
                "select register_students(?, ?, ?)",
                new int[] {student, student, stno, -1, other},
                new int[] {secNo, secNo, otherSecNo, secNo, secNo},
                new String[] {trace(1), trace(2), null, trace(4), trace(5)});
        assertThat(traces())
                .containsExactlyInAnyOrder(
                        student + "|" + secNo + "|" + trace(1),
                        stno + "|" + otherSecNo + "|",
                        other + "|" + secNo + "|" + trace(5));

        shard.execute("delete from outbox");
        shard.execute("select withdraw_registrations(?, ?)", new long[] {-1, withdrawn, regId}, new String[] {
            trace(6), trace(7), trace(8)
        });
        assertThat(traces())
                .containsExactlyInAnyOrder(other + "|" + secNo + "|" + trace(7), stno + "|" + secNo + "|" + trace(8));
    }

    @Test
    void a_trace_of_the_session_goes_to_all_its_changes_and_one_of_a_call_no_further() {
        shard.begin();
        shard.execute("select set_config('ghidanh.traceparent', ?, true)", trace(1));
        int student = enrollment.student("5433");
        shard.execute(
                "select register_students(?, ?, ?)",
                new int[] {stno, student},
                new int[] {otherSecNo, otherSecNo},
                new String[] {trace(2), null});
        shard.execute("select withdraw_registrations(?)", new long[] {regId});
        shard.execute("update students set fname = 'Bình' where stno = ?", stno);
        shard.execute("update sections set hall = 'B9' where sec_no = ?", secNo);
        shard.commit();
        enrollment.register("5433", student, secNo);

        assertThat(shard.rows("select entity, traceparent from outbox order by id"))
                .containsExactly(
                        "student|" + trace(1),
                        "registration|" + trace(2),
                        "registration|" + trace(1),
                        "registration|" + trace(1),
                        "student|" + trace(1),
                        "section|" + trace(1),
                        "registration|");
    }

    @Test
    void a_call_with_too_few_traces_is_refused() {
        assertThatThrownBy(() -> shard.execute(
                        "select register_students(?, ?, ?)", new int[] {1, 2}, new int[] {1, 2}, new String[] {trace(1)
                        }))
                .hasMessageContaining("2 students but 1 trace contexts");
        assertThatThrownBy(() -> shard.execute(
                        "select withdraw_registrations(?, ?)", new long[] {1}, new String[] {trace(1), trace(2)}))
                .hasMessageContaining("1 registrations but 2 trace contexts");
    }

    private static String trace(int number) {
        return "00-0af7651916cd43dd8448eb211c80319c-%016x-01".formatted(number);
    }

    private List<String> traces() {
        return shard.rows(
                "select r.stno, r.sec_no, o.traceparent from outbox o join registrations r on r.reg_id = o.entity_id");
    }

    @Test
    void a_change_takes_the_mark_away_and_gives_a_higher_version() {
        enrollment.sync("5433", regId);
        enrollment.mark("5433", regId);
        long before = shard.number("select version from registrations where reg_id = ?", regId);
        shard.execute("update registrations set mark = 7 where reg_id = ?", regId);

        assertThat(shard.text("select version > ?, synced_at from registrations where reg_id = ?", before, regId))
                .isEqualTo("t|");
        assertThat(outbox()).containsExactly("registration|" + regId);
    }

    @Test
    void rows_that_come_from_the_master_by_its_foreign_tables_leave_theirs_too() {
        enrollment.master().execute("""
                        insert into students_5433 (stno, u_id, fname, mname, lname, version)
                        values (900, 1, 'An', '', 'Lê', 900)
                        """);
        enrollment.master().execute("update registrations_5433 set mark = 5 where reg_id = ?", regId);

        assertThat(outbox()).containsExactly("student|900", "registration|" + regId);
    }

    private List<String> outbox() {
        return shard.rows("select entity, entity_id from outbox order by id");
    }
}
