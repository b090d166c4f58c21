package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ghidanh.sql.Session.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MarkIT {

    private final Enrollment enrollment = new Enrollment();
    private final Session master = enrollment.master();
    private final Session shard = enrollment.shard("5433");

    @AfterEach
    void close() {
        enrollment.close();
    }

    @Test
    void what_is_on_the_master_is_marked_once() {
        long[] regIds = enrollment.registrations("5433", 3);
        enrollment.sync("5433", regIds[0], regIds[1]);

        assertThat(enrollment.mark("5433", regIds)).isEqualTo(2);
        String marks = marks();
        assertThat(enrollment.mark("5433", regIds)).isZero();
        assertThat(enrollment.mark("5433")).isZero();
        assertThat(marks()).isEqualTo(marks);
        assertThat(enrollment.markedButAbsent("5433")).isEmpty();
        assertThat(shard.rows("select reg_id from registrations where synced_at is null"))
                .containsExactly("" + regIds[2]);
    }

    @Test
    void after_any_write_of_its_transaction_marking_is_refused() {
        long regId = enrollment.registration("5433");
        for (String write : List.of(
                "select sync_registrations_remapped('5433', '{" + regId + "}')",
                "create temporary table anything (i integer)",
                "select * from sections for update")) {
            enrollment.master().execute("select sync_sections_from_shard('5433')");
            master.begin();
            master.execute(write);
            refused("RM004", () -> enrollment.mark("5433", regId));
            master.rollback();
        }
        master.begin();
        master.execute("savepoint s");
        enrollment.sync("5433", regId);
        master.execute("rollback to savepoint s");
        refused("RM004", () -> enrollment.mark("5433", regId));
        master.rollback();
    }

    @Test
    void two_marks_in_one_transaction_are_fine() {
        long[] regIds = enrollment.registrations("5433", 2);
        enrollment.sync("5433", regIds);
        master.begin();
        assertThat(enrollment.mark("5433", regIds[0])).isEqualTo(1);
        assertThat(enrollment.mark("5433", regIds[1])).isEqualTo(1);
        master.commit();
    }

    @Test
    void a_state_that_has_changed_since_it_was_synced_is_not_marked() {
        long regId = enrollment.registration("5433");
        enrollment.sync("5433", regId);
        shard.execute("select withdraw_registrations(?)", new long[] {regId});

        assertThat(enrollment.mark("5433", regId)).isZero();
        enrollment.sync("5433", regId);
        assertThat(enrollment.mark("5433", regId)).isEqualTo(1);
    }

    @Test
    void a_row_that_changes_under_the_mark_refuses_it_as_an_outage_and_keeps_no_mark() {
        long regId = enrollment.registration("5433");
        enrollment.sync("5433", regId);
        Session writer = enrollment.openShard("5433").begin();
        writer.execute("select withdraw_registrations(?)", new long[] {regId});

        Future<Long> waiting = Waiting.start(() -> enrollment.mark("5433", regId));
        untilTheMasterIsBlockedOnTheShard();
        writer.commit();

        refused("40001", () -> Waiting.result(waiting));
        assertThat(shard.text("select status, synced_at from registrations")).isEqualTo("withdrawn|");
        assertThat(enrollment.mark("5433", regId)).isZero();
    }

    @Test
    void marks_at_once_wait_for_each_other_and_none_fails() {
        long[] regIds = enrollment.registrations("5433", 200);
        enrollment.sync("5433", regIds);
        List<Callable<Long>> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Session session = enrollment.openMaster();
            boolean byHand = i % 4 == 3;
            callers.add(() -> {
                long marked = 0;
                for (int round = 0; round < 10; round++) {
                    marked += byHand
                            ? session.number("select sync_registrations_remapped('5433')")
                            : session.number("select mark_synced('5433', ?)", regIds);
                }
                return marked;
            });
        }

        assertThat(Waiting.allAtOnce(callers))
                .allMatch(marked -> marked == 0 || marked == 200)
                .filteredOn(marked -> marked == 200)
                .hasSizeLessThanOrEqualTo(1);
        assertThat(shard.number("select count(*) from registrations where synced_at is null"))
                .isZero();
    }

    @Test
    void a_sync_by_hand_whose_mark_is_overtaken_brings_its_rows_all_the_same() {
        long overtaken = enrollment.registration("5433");
        master.execute("select sync_registrations_remapped()");
        Session writer = enrollment.openShard("5433").begin();
        writer.execute("update registrations set mark = 3 where reg_id = ?", overtaken);
        enrollment.registration("5433");
        enrollment.registration("5434");

        Future<Long> waiting = Waiting.start(() -> master.number("select sync_registrations_remapped()"));
        untilTheMasterIsBlockedOnTheShard();
        writer.commit();

        assertThat(Waiting.result(waiting)).isEqualTo(2);
        assertThat(shard.number("select count(*) from registrations where synced_at is not null"))
                .isZero();
        assertThat(master.number("select sync_registrations_remapped()")).isEqualTo(1);
        master.execute("select sync_registrations_remapped()");
        assertThat(shard.number("select count(*) from registrations where synced_at is null"))
                .isZero();
        assertThat(enrollment.differences("5433")).isEmpty();
    }

    @Test
    void a_sync_by_hand_gives_up_a_mark_that_somebody_holds_up_and_brings_its_rows() {
        long held = enrollment.registration("5433");
        master.execute("select sync_registrations_remapped()");
        Session writer = enrollment.openShard("5433").begin();
        writer.execute("update registrations set mark = 3 where reg_id = ?", held);
        enrollment.registration("5433");

        assertThat(master.number("select sync_registrations_remapped()")).isEqualTo(1);
        refused("55P03", () -> enrollment.mark("5433", held));
        writer.rollback();
        assertThat(enrollment.mark("5433", held)).isEqualTo(1);
    }

    private void untilTheMasterIsBlockedOnTheShard() {
        Session observer = enrollment.openShard("5433");
        Waiting.until(() -> observer.number("""
                        select count(*)
                          from pg_stat_activity
                         where application_name = 'ghidanh-master'
                           and datname = current_database()
                           and wait_event_type = 'Lock'
                        """) == 1);
    }

    private String marks() {
        return shard.text("select string_agg(synced_at::text, ',' order by reg_id) from registrations");
    }

    private static void refused(String state, Runnable call) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(call::run)
                .extracting(Refused::state)
                .isEqualTo(state);
    }
}
