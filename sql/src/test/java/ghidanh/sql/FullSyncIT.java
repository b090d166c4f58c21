package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A small one of what {@code sql/test/full-sync.sh} measures. */
class FullSyncIT {

    private final Enrollment enrollment = new Enrollment();
    private final Session master = enrollment.master();

    @AfterEach
    void close() {
        enrollment.close();
    }

    @Test
    void an_empty_master_and_an_unchanged_one_are_synced_in_sets() {
        for (String shard : Servers.SHARDS) {
            fill(enrollment.shard(shard), Enrollment.university(shard));
        }

        assertThat(master.rows("select * from sync_all_remapped()"))
                .containsExactly("5433|3000|200|25000", "5434|3000|200|25000");
        assertThat(master.rows("select * from sync_all_remapped()")).containsExactly("5433|0|0|0", "5434|0|0|0");

        for (String shard : Servers.SHARDS) {
            assertThat(enrollment.differences(shard)).isEmpty();
            assertThat(enrollment.shard(shard).number("select count(*) from registrations where synced_at is null"))
                    .isZero();
        }
        assertThat(master.text("select count(*), sum(capacity) from sections")).isEqualTo("300|100000");
        // More than a part of 10,000: the first half changes, the last rows are new.
        enrollment.shard("5434").execute("update registrations set mark = 6 where reg_id <= 12500");
        enrollment.registrations("5434", 100);
        assertThat(master.rows("select * from sync_all_remapped()")).containsExactly("5433|0|0|0", "5434|100|1|12600");
        assertThat(enrollment.differences("5434")).isEmpty();
    }

    /** Half of the sections are shared. */
    private static void fill(Session shard, int university) {
        shard.execute("""
                insert into students (u_id, lname, mname, fname)
                select ?, 'Nguyễn', 'Thị', 'Ánh ' || i from generate_series(1, 3000) as i
                """, university);
        shard.execute("""
                insert into sections (year, semester, time, hall, c_no, capacity)
                select 2026, 1, 'T2 1-3', case when i % 2 = 0 then 'C' else 'A' || ? || '-' end || i, 1, 250
                  from generate_series(1, 200) as i
                """, university);
        shard.execute("""
                insert into registrations (stno, sec_no)
                select 1 + i % 3000, 1 + (i / 3000 * 37 + i) % 200 from generate_series(0, 24999) as i
                """);
        shard.execute("analyze");
    }
}
