package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ghidanh.sql.Session.Refused;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A shard that has lost its newest rows and knows nothing of it: a failover with a lost tail on the same timeline. */
class BackInTimeIT {

    private final Enrollment enrollment = new Enrollment();
    private final Session master = enrollment.master();
    private final Session shard = enrollment.shard("5433");

    @AfterEach
    void close() {
        enrollment.close();
    }

    @Test
    void a_number_given_twice_is_never_marked_for_the_other_and_the_lost_registration_is_named() {
        long regId = enrollment.registration("5433");
        syncAndMark(regId);
        String lost = master.text("select stno || ':' || sec_no from registrations where shard_reg_id = ?", regId);
        putBack(regId, true);

        int student = enrollment.student("5433");
        int section = enrollment.section("5433", 10);
        // The writer's own version is passed over, so that the next one meets the lost row's.
        shard.execute("select setval('row_version', ?, false)", masterVersion(regId) - 1);
        assertThat(enrollment.register("5433", student, section)).isEqualTo(regId);

        assertThat(enrollment.mark("5433", regId)).isZero();
        assertThat(doubts(regId)).isEqualTo(Map.of(regId, "doubtful"));
        assertThat(enrollment.mark("5433", regId)).isZero();
        assertThat(settle(regId)).containsExactly(regId + "|rewound");
        assertThat(enrollment.differences("5433")).isEmpty();
        assertThat(enrollment.mark("5433", regId)).isEqualTo(1);
        assertThat(master.rows("select shard_reg_id, master_stno || ':' || master_sec_no from lost_registrations"))
                .containsExactly(regId + "|" + lost);
        assertThat(settle(regId)).containsExactly(regId + "|unchanged");
    }

    @Test
    void who_registers_again_gets_the_place_of_a_lost_registration_whose_number_was_given_to_another() {
        long regId = enrollment.registration("5433");
        syncAndMark(regId);
        int student = (int) shard.number("select stno from registrations where reg_id = ?", regId);
        int section = (int) shard.number("select sec_no from registrations where reg_id = ?", regId);
        putBack(regId, true);

        int other = enrollment.student("5433");
        int elsewhere = enrollment.section("5433", 10);
        shard.execute("select setval('row_version', ?, false)", masterVersion(regId) - 1);
        assertThat(enrollment.register("5433", other, elsewhere)).isEqualTo(regId);
        long again = enrollment.register("5433", student, section);

        assertThat(settle(again)).containsExactly(again + "|inserted");
        assertThat(settle(regId)).containsExactly(regId + "|inserted");
        assertThat(enrollment.differences("5433")).isEmpty();
        assertThat(lost()).containsExactly(regId + "|registered|");
    }

    @Test
    void a_number_given_twice_with_a_newer_version_replaces_nothing_silently() {
        long regId = enrollment.registration("5433");
        syncAndMark(regId);
        putBack(regId, false);
        enrollment.registration("5433");

        assertThat(master.number("select sync_registrations_remapped('5433')")).isEqualTo(1);
        assertThat(enrollment.differences("5433")).isEmpty();
        assertThat(lost()).containsExactly(regId + "|registered|");
    }

    @Test
    void what_the_shard_has_lost_stays_and_is_named_until_the_shard_has_it_again() {
        long regId = enrollment.registration("5433");
        syncAndMark(regId);
        shard.execute("create table elsewhere as select * from registrations");
        putBack(regId, true);

        assertThat(settle(regId)).containsExactly(regId + "|lost");
        assertThat(settle(regId)).containsExactly(regId + "|lost");
        assertThat(lost()).containsExactly(regId + "|registered|");
        assertThat(master.text("select student_name || ', ' || university || ', ' || c_name from lost_registrations"))
                .isEqualTo("Nguyễn Thị Ánh 1, Đại học 5433, Cơ sở dữ liệu");
        assertThat(master.number("select count(*) from registrations")).isEqualTo(1);
        assertThat(master.number("select find_lost('5433')")).isZero();

        asReplica("insert into registrations select * from elsewhere");
        assertThat(master.number("select find_lost('5433')")).isEqualTo(1);
        assertThat(master.number("select count(*) from lost_registrations where found_at is null"))
                .isZero();
    }

    @Test
    void a_withdrawal_that_the_shard_has_lost_is_undone_on_the_master_and_named() {
        long regId = enrollment.registration("5433");
        syncAndMark(regId);
        shard.execute("create table elsewhere as select * from registrations");
        shard.execute("select withdraw_registrations(?)", new long[] {regId});
        syncAndMark(regId);
        asReplica("delete from registrations; insert into registrations select * from elsewhere");

        assertThat(doubts(regId)).isEqualTo(Map.of(regId, "doubtful"));
        assertThat(settle(regId)).containsExactly(regId + "|rewound");
        assertThat(enrollment.differences("5433")).isEmpty();
        assertThat(lost()).containsExactly(regId + "|withdrawn|");
    }

    @Test
    void who_registers_again_for_what_was_lost_gets_the_place_that_the_lost_registration_holds() {
        int student = enrollment.student("5433");
        int section = enrollment.section("5433", 10);
        long former = enrollment.register("5433", student, section);
        syncAndMark(former);
        putBack(former, false);
        shard.execute("select setval('registrations_reg_id_seq', 500)");
        long again = enrollment.register("5433", student, section);

        assertThat(doubts(again)).isEqualTo(Map.of(again, "conflict"));
        assertThat(settle(again)).containsExactly(again + "|inserted");
        assertThat(enrollment.differences("5433")).isEmpty();
        assertThat(lost()).containsExactly(former + "|registered|");
    }

    @Test
    void the_place_of_what_was_lost_is_free_also_where_the_clock_was_ahead_when_it_came() {
        int student = enrollment.student("5433");
        int section = enrollment.section("5433", 10);
        long former = enrollment.register("5433", student, section);
        syncAndMark(former);
        master.execute("update registrations set synced_at = synced_at + interval '1 hour'");
        putBack(former, false);
        shard.execute("select setval('registrations_reg_id_seq', 500)");
        long again = enrollment.register("5433", student, section);

        assertThat(settle(again)).containsExactly(again + "|inserted");
        assertThat(lost()).containsExactly(former + "|registered|");
    }

    @Test
    void numbers_given_twice_whose_former_rows_hold_one_another_s_places_are_told_apart() {
        int section = enrollment.section("5433", 10);
        List<Integer> students = enrollment.students("5433", 4);
        long first = enrollment.register("5433", students.get(0), section);
        students.subList(1, 4).forEach(student -> enrollment.register("5433", student, section));
        long[] regIds = {first, first + 1, first + 2, first + 3};
        enrollment.sync("5433", regIds);
        putBack(first, true);
        asReplica("delete from registrations");
        students.subList(1, 4).forEach(student -> enrollment.register("5433", student, section));

        master.rows("select settle_registrations('5433', ?)", regIds);

        assertThat(enrollment.differences("5433")).isEmpty();
        assertThat(master.rows("select shard_reg_id from lost_registrations order by shard_reg_id"))
                .containsExactly("" + first, "" + (first + 1), "" + (first + 2), "" + (first + 3));
    }

    @Test
    void a_row_that_was_changed_on_the_master_by_hand_is_put_right_and_nothing_is_called_lost() {
        long regId = enrollment.registration("5433");
        syncAndMark(regId);
        master.execute("update registrations set mark = 10");

        assertThat(doubts(regId)).isEqualTo(Map.of(regId, "doubtful"));
        assertThat(settle(regId)).containsExactly(regId + "|rewound");
        assertThat(enrollment.differences("5433")).isEmpty();
        assertThat(lost()).isEmpty();
    }

    @Test
    void a_row_that_is_well_raises_no_doubt_and_without_being_asked_for_doubts_none_is_told() {
        long regId = enrollment.registration("5433");
        syncAndMark(regId);
        assertThat(doubts(regId)).isEqualTo(Map.of(regId, "unchanged"));
        assertThat(settle(regId)).containsExactly(regId + "|unchanged");
        assertThat(settle(12345)).containsExactly("12345|missing");
        assertThat(lost()).isEmpty();

        master.execute("update registrations set mark = 10");
        assertThat(enrollment.sync("5433", regId)).isEqualTo(Map.of(regId, "unchanged"));
    }

    @Test
    void after_any_write_of_its_transaction_nothing_is_settled() {
        long regId = enrollment.registration("5433");
        master.begin();
        enrollment.sync("5433", regId);
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> settle(regId))
                .extracting(Refused::state)
                .isEqualTo("RM004");
        master.rollback();
    }

    private void syncAndMark(long regId) {
        enrollment.sync("5433", regId);
        assertThat(enrollment.mark("5433", regId)).isEqualTo(1);
    }

    /** Takes the row away and, as a restore would, sets the numbers back; the version as well, or not. */
    private void putBack(long regId, boolean version) {
        asReplica("delete from registrations where reg_id = " + regId + "; update sections set enrolled = 0");
        shard.execute("select setval('registrations_reg_id_seq', ?, false)", regId);
        if (version) {
            shard.execute("select setval('row_version', 1)");
        }
    }

    private void asReplica(String statements) {
        shard.execute("set session_replication_role = replica; " + statements + "; reset session_replication_role");
    }

    private long masterVersion(long regId) {
        return master.number("select version from registrations where shard_reg_id = ?", regId);
    }

    private Map<Long, String> doubts(long regId) {
        return Map.of(
                regId,
                master.text("select outcome from sync_registrations_remapped('5433', ?, true)", new long[] {regId}));
    }

    private List<String> settle(long regId) {
        return master.rows("select reg_id, outcome from settle_registrations('5433', ?)", new long[] {regId});
    }

    private List<String> lost() {
        return master.rows("select shard_reg_id, status, found_at from lost_registrations");
    }
}
