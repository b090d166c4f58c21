package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SectionIdentityIT {

    private final Enrollment enrollment = new Enrollment();
    private final Session master = enrollment.master();

    @AfterEach
    void close() {
        enrollment.close();
    }

    @Test
    void syncing_again_with_another_instructor_makes_no_sections_28_29_30() {
        for (int i = 1; i <= 27; i++) {
            enrollment.section("5433", "A" + i, 10);
        }
        master.execute("select sync_sections_from_shard('5433')");
        enrollment.shard("5433").execute("update sections set ins_id = 2 where sec_no <= 3");
        // The same three classes, with instructors of its own.
        for (String hall : master.rows("select hall from sections order by sec_no limit 3")) {
            enrollment.section("5434", hall, 10);
        }
        for (int i = 0; i < 3; i++) {
            master.rows("select * from sync_all_remapped()");
            master.execute("select sync_sections_from_shard('5433')");
        }

        assertThat(master.text("select count(*), max(sec_no) from sections")).isEqualTo("27|27");
        assertThat(master.number("select count(*) from sections_map")).isEqualTo(30);
        assertThat(master.number("select count(*) from sections where ins_id = 2"))
                .isEqualTo(3);
    }

    @Test
    void two_sections_of_one_course_in_one_term_stay_two() {
        enrollment.section("5433", "A1", 10);
        enrollment.section("5433", "A2", 20);
        enrollment.section("5434", "A2", 5);
        master.rows("select * from sync_all_remapped()");

        assertThat(sections()).containsExactly("A1|10|1", "A2|25|2");
    }

    @Test
    void sections_of_one_shard_that_look_alike_stay_apart_whether_they_come_together_or_one_by_one() {
        int first = enrollment.section("5433", "A1", 10);
        int second = enrollment.section("5433", "A1", 20);
        int third = enrollment.section("5433", "A1", 40);
        assertThat(sync("5433", first, second)).containsExactly(first + "|inserted", second + "|inserted");
        assertThat(sync("5433", third)).containsExactly(third + "|inserted");

        assertThat(sections()).containsExactly("A1|10|1", "A1|20|1", "A1|40|1");
    }

    @Test
    void alike_sections_of_two_shards_pair_off() {
        enrollment.section("5433", "A1", 10);
        enrollment.section("5433", "A1", 20);
        int first = enrollment.section("5434", "A1", 1);
        int second = enrollment.section("5434", "A1", 2);
        int third = enrollment.section("5434", "A1", 4);
        master.execute("select sync_sections_from_shard('5433')");
        sync("5434", third);
        sync("5434", first, second);

        assertThat(sections()).containsExactly("A1|2|1", "A1|14|2", "A1|21|2");
    }

    @Test
    void a_shared_section_has_the_sum_of_the_allotments_also_after_changes() {
        int here = enrollment.section("5433", "C1", 30);
        int there = enrollment.section("5434", "C1", 20);
        master.rows("select * from sync_all_remapped()");
        assertThat(sections()).containsExactly("C1|50|2");

        enrollment.shard("5433").execute("update sections set capacity = 35 where sec_no = ?", here);
        assertThat(sync("5433", here)).containsExactly(here + "|updated");
        assertThat(sections()).containsExactly("C1|55|2");

        enrollment.shard("5434").execute("update sections set capacity = 0 where sec_no = ?", there);
        assertThat(sync("5434", there)).containsExactly(there + "|updated");
        assertThat(sections()).containsExactly("C1|35|2");
    }

    @Test
    void after_the_first_match_only_the_map_counts() {
        int here = enrollment.section("5433", "C1", 30);
        enrollment.section("5434", "C1", 20);
        master.rows("select * from sync_all_remapped()");

        enrollment.shard("5433").execute("update sections set hall = 'C2' where sec_no = ?", here);
        assertThat(sync("5433", here)).containsExactly(here + "|updated");

        assertThat(sections()).containsExactly("C2|50|2");
    }

    @Test
    void first_syncs_of_both_shards_at_once_create_it_once() {
        int here = enrollment.section("5433", "C1", 30);
        int there = enrollment.section("5434", "C1", 20);
        Session first = enrollment.openMaster().begin();
        first.execute("select sync_sections_from_shard('5433', ?)", new int[] {here});
        Session second = enrollment.openMaster();
        Future<List<String>> waiting = Waiting.start(
                () -> second.rows("select * from sync_sections_from_shard('5434', ?)", new int[] {there}));
        Waiting.untilBlocked(Servers.master(), second.pid());
        first.commit();

        assertThat(Waiting.result(waiting)).containsExactly(there + "|inserted");
        assertThat(sections()).containsExactly("C1|50|2");
    }

    @Test
    void many_first_syncs_of_both_shards_at_once_create_each_once() {
        for (int i = 0; i < 50; i++) {
            enrollment.section("5433", "C" + i, 3);
            enrollment.section("5434", "C" + i, 4);
        }
        List<Session> sessions = List.of(
                enrollment.openMaster(), enrollment.openMaster(), enrollment.openMaster(), enrollment.openMaster());
        Waiting.allAtOnce(List.of(
                () -> sessions.get(0).number("select sync_sections_from_shard('5433')"),
                () -> sessions.get(1).number("select sync_sections_from_shard('5434')"),
                () -> sessions.get(2).number("select sync_registrations_remapped()"),
                () -> sessions.get(3).number("""
                        select count(*) from sync_sections_from_shard('5434', array(select generate_series(1, 50)))
                        """)));

        assertThat(master.text("select count(*), count(distinct hall), min(capacity), max(capacity) from sections"))
                .isEqualTo("50|50|7|7");
        assertThat(master.number("select count(*) from sections_map")).isEqualTo(100);
    }

    private List<String> sync(String shard, int... secNos) {
        return master.rows("select sec_no, outcome from sync_sections_from_shard(?, ?) order by 1", shard, secNos);
    }

    /** Hall, capacity and number of shards. */
    private List<String> sections() {
        return master.rows("""
                select s.hall, s.capacity, (select count(*) from sections_map m where m.master_sec_no = s.sec_no)
                  from sections s
                 order by s.hall, s.capacity
                """);
    }
}
