package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The calls of the consumer, by array. */
class RemapIT {

    private final Enrollment enrollment = new Enrollment();
    private final Session master = enrollment.master();
    private final Session shard = enrollment.shard("5433");

    @AfterEach
    void close() {
        enrollment.close();
    }

    @Test
    void each_number_has_one_outcome_and_a_second_call_changes_nothing() {
        long[] regIds = enrollment.registrations("5433", 3);
        long old = regIds[2];
        enrollment.sync("5433", old);
        shard.execute("update registrations set mark = 8.5 where reg_id = ?", old);

        assertThat(enrollment.sync("5433", -1, regIds[1], old, regIds[0], old))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(-1L, "missing", regIds[0], "inserted", regIds[1], "inserted", old, "updated"));
        assertThat(enrollment.sync("5433", regIds)).containsValues("unchanged").hasSize(3);
        assertThat(enrollment.sync("5433")).isEmpty();
        assertThat(enrollment.differences("5433")).isEmpty();
        assertThat(master.text("select mark from registrations where shard_reg_id = ?", old))
                .isEqualTo("8.50");
    }

    @Test
    void a_missing_student_and_section_are_pulled_by_the_registration() {
        long regId = enrollment.registration("5433");

        assertThat(enrollment.sync("5433", regId)).containsEntry(regId, "inserted");
        assertThat(master.text("""
                select s.lname, u.name, c.c_name, i.name, x.shard_name
                  from registrations x
                  join students s using (stno)
                  join universities u using (u_id)
                  join sections n using (sec_no)
                  join courses c using (c_no)
                  join instructors i using (ins_id)
                """)).isEqualTo("Nguyễn|Đại học 5433|Cơ sở dữ liệu|Trần Văn An|5433");
    }

    @Test
    void a_changed_student_or_section_reaches_the_master_by_its_own_call() {
        long regId = enrollment.registration("5433");
        enrollment.sync("5433", regId);
        int stno = (int) shard.number("select stno from registrations");
        int secNo = (int) shard.number("select sec_no from registrations");
        shard.execute("insert into universities values (2, 'Học viện mới', 'public')");
        shard.execute("update students set u_id = 2, fname = 'Đào' where stno = ?", stno);
        shard.execute("update sections set c_no = 2, hall = 'B1', capacity = 99 where sec_no = ?", secNo);

        assertThat(students(master, stno, -1)).containsExactly("-1|missing", stno + "|updated");
        assertThat(students(master, stno)).containsExactly(stno + "|unchanged");
        assertThat(sections(master, secNo, -1)).containsExactly("-1|missing", secNo + "|updated");
        assertThat(sections(master, secNo)).containsExactly(secNo + "|unchanged");
        assertThat(master.text("select s.fname, u.name from students s join universities u using (u_id)"))
                .isEqualTo("Đào|Học viện mới");
        assertThat(master.text("select c.c_name, s.hall, s.capacity from sections s join courses c using (c_no)"))
                .isEqualTo("Mạng máy tính|B1|99");
    }

    @Test
    void a_withdrawal_and_a_registration_again_arrive_as_states_of_one_row() {
        long regId = enrollment.registration("5433");
        enrollment.sync("5433", regId);
        String arrived = master.text("select reg_id, synced_at from registrations");
        shard.execute("select withdraw_registrations(?)", new long[] {regId});
        assertThat(enrollment.sync("5433", regId)).containsEntry(regId, "updated");
        assertThat(master.text("select status from registrations")).isEqualTo("withdrawn");
        assertThat(master.text("select reg_id, synced_at from registrations")).isEqualTo(arrived);

        shard.execute(
                "select register_students(array(select stno from registrations), array(select sec_no from registrations))");
        assertThat(enrollment.sync("5433", regId)).containsEntry(regId, "updated");
        assertThat(master.text(
                        "select status, synced_at > created_at and created_at > ?::timestamptz from registrations",
                        arrived.split("\\|")[1]))
                .isEqualTo("registered|t");
        assertThat(enrollment.differences("5433")).isEmpty();
    }

    @Test
    void a_stale_call_does_not_undo_a_newer_registration() {
        long regId = enrollment.registration("5433");
        enrollment.sync("5433", regId);
        shard.execute("update registrations set mark = 1 where reg_id = ?", regId);
        Session slow = enrollment.openMaster().begin();
        slow.execute("select count(*) from universities_5433"); // its snapshot of the shard
        shard.execute("update registrations set mark = 2 where reg_id = ?", regId);
        assertThat(enrollment.sync("5433", regId)).containsEntry(regId, "updated");

        assertThat(Enrollment.sync(slow, "5433", regId)).containsEntry(regId, "unchanged");
        slow.commit();
        assertThat(master.text("select mark from registrations")).isEqualTo("2.00");
        assertThat(enrollment.differences("5433")).isEmpty();
    }

    @Test
    void a_stale_call_that_waits_for_a_newer_one_does_not_undo_it() {
        long regId = enrollment.registration("5433");
        enrollment.sync("5433", regId);
        shard.execute("update registrations set mark = 1 where reg_id = ?", regId);
        Session slow = enrollment.openMaster().begin();
        slow.execute("select count(*) from universities_5433");
        shard.execute("update registrations set mark = 2 where reg_id = ?", regId);
        Session fast = enrollment.openMaster().begin();
        assertThat(Enrollment.sync(fast, "5433", regId)).containsEntry(regId, "updated");

        Future<Map<Long, String>> waiting = Waiting.start(() -> Enrollment.sync(slow, "5433", regId));
        Waiting.untilBlocked(Servers.master(), slow.pid());
        fast.commit();
        assertThat(Waiting.result(waiting)).containsEntry(regId, "unchanged");
        slow.commit();
        assertThat(enrollment.differences("5433")).isEmpty();
    }

    @Test
    void two_calls_that_bring_the_same_new_row_bring_it_once_in_its_newest_state() {
        long regId = enrollment.registration("5433");
        Session older = enrollment.openMaster().begin();
        Enrollment.sync(older, "5433", regId);
        shard.execute("update registrations set mark = 2 where reg_id = ?", regId);
        Session newer = enrollment.openMaster();

        Future<Map<Long, String>> waiting = Waiting.start(() -> Enrollment.sync(newer, "5433", regId));
        Waiting.untilBlocked(Servers.master(), newer.pid());
        older.commit();
        assertThat(Waiting.result(waiting)).containsEntry(regId, "updated");
        assertThat(enrollment.differences("5433")).isEmpty();
    }

    @Test
    void a_stale_call_does_not_undo_a_newer_student_or_section() {
        int stno = enrollment.student("5433");
        int secNo = enrollment.section("5433", 10);
        students(master, stno);
        sections(master, secNo);
        shard.execute("update students set fname = 'Một'");
        shard.execute("update sections set hall = 'H1', capacity = 11");
        Session slow = enrollment.openMaster().begin();
        slow.execute("select count(*) from universities_5433");
        shard.execute("update students set fname = 'Hai'");
        shard.execute("update sections set hall = 'H2', capacity = 12");
        Session fast = enrollment.openMaster().begin();
        students(fast, stno);
        sections(fast, secNo);

        Future<List<String>> waiting = Waiting.start(() -> students(slow, stno));
        Waiting.untilBlocked(Servers.master(), slow.pid());
        fast.commit();
        assertThat(Waiting.result(waiting)).containsExactly(stno + "|unchanged");
        assertThat(sections(slow, secNo)).containsExactly(secNo + "|unchanged");
        slow.commit();
        assertThat(master.text("select fname from students")).isEqualTo("Hai");
        assertThat(master.text("select hall, capacity from sections")).isEqualTo("H2|12");
    }

    @Test
    void two_calls_that_miss_the_same_student_number_it_once() {
        int stno = enrollment.student("5433");
        Session first = enrollment.openMaster().begin();
        students(first, stno);
        Session second = enrollment.openMaster();

        Future<List<String>> waiting = Waiting.start(() -> students(second, stno));
        Waiting.untilBlocked(Servers.master(), second.pid());
        first.commit();
        assertThat(Waiting.result(waiting)).containsExactly(stno + "|unchanged");
        assertThat(master.number("select count(*) from students")).isEqualTo(1);
    }

    @Test
    void a_registration_moved_by_plain_sql_makes_room_for_a_new_one_in_any_order_of_events() {
        int stno = enrollment.student("5433");
        int first = enrollment.section("5433", 10);
        int second = enrollment.section("5433", 10);
        long moved = enrollment.register("5433", stno, first);
        enrollment.sync("5433", moved);
        String arrived = master.text("select reg_id, synced_at from registrations");
        shard.execute("update registrations set sec_no = ? where reg_id = ?", second, moved);
        long fresh = enrollment.register("5433", stno, first);

        assertThat(enrollment.sync("5433", fresh)).containsExactly(Map.entry(fresh, "inserted"));
        assertThat(enrollment.sync("5433", moved)).containsExactly(Map.entry(moved, "unchanged"));
        assertThat(enrollment.differences("5433")).isEmpty();
        assertThat(master.text("select reg_id, synced_at from registrations where shard_reg_id = ?", moved))
                .isEqualTo(arrived);
        assertThat(enrollment.wrongSeats("5433")).isEmpty();
    }

    @Test
    void registrations_that_changed_places_on_the_shard_change_places_on_the_master() {
        int stno = enrollment.student("5433");
        int first = enrollment.section("5433", 10);
        int second = enrollment.section("5433", 10);
        int spare = enrollment.section("5433", 10);
        long one = enrollment.register("5433", stno, first);
        long two = enrollment.register("5433", stno, second);
        enrollment.sync("5433", one, two);
        shard.execute("update registrations set sec_no = ? where reg_id = ?", spare, one);
        shard.execute("update registrations set sec_no = ? where reg_id = ?", first, two);
        shard.execute("update registrations set sec_no = ? where reg_id = ?", second, one);

        assertThat(enrollment.sync("5433", two)).containsExactly(Map.entry(two, "updated"));
        assertThat(enrollment.differences("5433")).isEmpty();
        assertThat(enrollment.sync("5433", one, two))
                .containsExactly(Map.entry(one, "unchanged"), Map.entry(two, "unchanged"));
        assertThat(enrollment.wrongSeats("5433")).isEmpty();
    }

    @Test
    void sync_by_hand_follows_moves_too() {
        int stno = enrollment.student("5433");
        int first = enrollment.section("5433", 10);
        int second = enrollment.section("5433", 10);
        long moved = enrollment.register("5433", stno, first);
        master.execute("select sync_registrations_remapped()");
        shard.execute("update registrations set sec_no = ? where reg_id = ?", second, moved);
        enrollment.register("5433", stno, first);

        assertThat(master.number("select sync_registrations_remapped()")).isEqualTo(2);
        assertThat(master.number("select sync_registrations_remapped()")).isZero();
        assertThat(enrollment.differences("5433")).isEmpty();
    }

    @Test
    void a_place_held_by_a_row_that_the_shard_has_lost_is_a_conflict_and_holds_up_nothing_else() {
        long lost = enrollment.registration("5433");
        int stno = (int) shard.number("select stno from registrations");
        int secNo = (int) shard.number("select sec_no from registrations");
        int other = enrollment.section("5433", 10);
        long moved = enrollment.register("5433", stno, other);
        enrollment.sync("5433", lost, moved);
        shard.begin(); // as after a restored backup
        shard.execute("set local session_replication_role = replica");
        shard.execute("delete from registrations where reg_id = ?", lost);
        shard.commit();
        shard.execute("update registrations set sec_no = ? where reg_id = ?", secNo, moved);
        long waits = enrollment.register("5433", stno, other);
        long free = enrollment.registration("5433");

        assertThat(enrollment.sync("5433", moved, waits, free))
                .containsExactly(
                        Map.entry(moved, "conflict"), Map.entry(waits, "conflict"), Map.entry(free, "inserted"));
        assertThat(master.number("select count(*) from registrations")).isEqualTo(3);
        assertThat(master.number("select sync_registrations_remapped()")).isZero();
    }

    @Test
    void a_shard_named_by_letters_works_like_one_named_by_its_port() {
        enrollment.registration("5433");
        master.text(
                "select attach_shard('da_nang', ?, ?, ?, ?, ?)",
                Servers.shard("5433").fdwHost(),
                Servers.shard("5433").fdwPort(),
                "postgres",
                Servers.shard("5433").password(),
                enrollment.database());

        assertThat(master.number("select sync_registrations_remapped('da_nang')"))
                .isEqualTo(1);
        assertThat(master.number("select count(*) from students_da_nang")).isEqualTo(1);
    }

    private static List<String> students(Session session, int... stnos) {
        return session.rows("select stno, outcome from sync_students_from_shard('5433', ?) order by 1", stnos);
    }

    private static List<String> sections(Session session, int... secNos) {
        return session.rows("select sec_no, outcome from sync_sections_from_shard('5433', ?) order by 1", secNos);
    }
}
