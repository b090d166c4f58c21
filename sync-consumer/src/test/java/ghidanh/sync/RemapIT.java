package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.event.Entity;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RemapIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    @BeforeAll
    static void startConsumer() {
        SyncStack.consumer();
    }

    @Test
    void an_event_makes_the_registration_visible_with_the_masters_numbers_and_then_marks_it() {
        // So that shard and master number differently.
        SyncStack.newStudent("5433");
        int stno = SyncStack.newStudent("5433");
        int secNo = SyncStack.newSection("5433");
        long regId = SyncStack.register("5433", stno, secNo);

        SyncStack.send("5433", Entity.REGISTRATION, regId);

        await().atMost(SOON).until(() -> SyncStack.isMarked("5433", regId));
        Map<String, Object> row = SyncStack.master()
                .sql("""
                        select r.stno = s.master_stno as student, r.sec_no = c.master_sec_no as section, r.status,
                               st.lname, r.synced_at >= r.created_at as later
                          from registrations r
                          join students st on st.stno = r.stno
                          join students_map s on s.shard_name = '5433' and s.shard_stno = :stno
                          join sections_map c on c.shard_name = '5433' and c.shard_sec_no = :secNo
                         where r.shard_name = '5433'
                           and r.shard_reg_id = :regId
                        """)
                .param("stno", stno)
                .param("secNo", secNo)
                .param("regId", regId)
                .query()
                .singleRow();
        assertThat(row)
                .containsEntry("student", true)
                .containsEntry("section", true)
                .containsEntry("status", "registered")
                .containsEntry("lname", "Nguyễn")
                .containsEntry("later", true);
    }

    @Test
    void events_of_students_and_sections_bring_them_before_anyone_registers() {
        int stno = SyncStack.newStudent("5434");
        int secNo = SyncStack.newSection("5434");

        SyncStack.send("5434", Entity.SECTION, secNo);
        SyncStack.send("5434", Entity.STUDENT, stno);

        await().atMost(SOON)
                .until(() -> isMapped("students_map", "shard_stno", stno)
                        && isMapped("sections_map", "shard_sec_no", secNo));
    }

    @Test
    void duplicates_and_any_order_of_events_end_in_the_shards_state() {
        List<Long> kept = new ArrayList<>();
        List<Long> withdrawn = new ArrayList<>();
        List<Long> events = new ArrayList<>();
        int secNo = SyncStack.newSection("5433");
        for (int i = 0; i < 20; i++) {
            long regId = SyncStack.register("5433", SyncStack.newStudent("5433"), secNo);
            (i % 2 == 0 ? kept : withdrawn).add(regId);
            events.addAll(Collections.nCopies(4, regId));
        }
        Collections.shuffle(events, new Random(17));
        List<Long> early = events.subList(0, 40);
        List<Long> late = events.subList(40, 80);

        early.forEach(regId -> SyncStack.send("5433", Entity.REGISTRATION, regId));
        withdrawn.forEach(regId -> SyncStack.shard("5433")
                .sql("select withdraw_registrations(array[?::bigint])")
                .param(regId)
                .query()
                .singleRow());
        late.forEach(regId -> SyncStack.send("5433", Entity.REGISTRATION, regId));
        withdrawn.forEach(regId -> SyncStack.send("5433", Entity.REGISTRATION, regId));
        early.forEach(regId -> SyncStack.send("5433", Entity.REGISTRATION, regId));

        await().atMost(SOON).untilAsserted(() -> {
            assertThat(statusOnMaster(kept)).hasSize(10).containsOnly("registered");
            assertThat(statusOnMaster(withdrawn)).hasSize(10).containsOnly("withdrawn");
            assertThat(events).allMatch(regId -> SyncStack.isMarked("5433", regId));
        });
    }

    @Test
    void lag_and_its_stages_are_recorded_for_what_became_visible() {
        MeterRegistry meters = SyncStack.consumer().getBean(MeterRegistry.class);
        Timer lag = meters.get("registration.sync.lag").tag("shard", "5434").timer();
        long before = lag.count();

        long regId = SyncStack.newRegistration("5434");
        SyncStack.send("5434", Entity.REGISTRATION, regId);
        SyncStack.send("5434", Entity.REGISTRATION, regId);

        await().atMost(SOON).until(() -> SyncStack.isMarked("5434", regId));
        assertThat(lag.count()).isGreaterThan(before);
        double stages = meters.get("registration.sync.stage").tag("shard", "5434").timers().stream()
                .mapToDouble(stage -> stage.totalTime(TimeUnit.MICROSECONDS))
                .sum();
        assertThat(stages).isEqualTo(lag.totalTime(TimeUnit.MICROSECONDS));
    }

    @Test
    void prometheus_and_the_probes_answer() {
        Rest rest = Rest.of(SyncStack.consumer());

        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(rest.get("/actuator/health/readiness").status())
                                .isEqualTo(200));
        assertThat(rest.get("/actuator/health/liveness").status()).isEqualTo(200);
        assertThat(rest.get("/actuator/prometheus").http().body())
                .contains("registration_sync_lag_seconds_bucket{shard=\"5433\",le=\"5.0\"}")
                .contains("registration_sync_stage_seconds_count{shard=\"5433\",stage=\"kafka\"}")
                .contains("registration_sync_events_total{outcome=\"inserted\",shard=\"5433\"}")
                .contains("registration_sync_dead_letters_total{reason=\"missing\"}");
    }

    private static boolean isMapped(String map, String column, int id) {
        return SyncStack.master()
                        .sql("select count(*) from " + map + " where shard_name = '5434' and " + column + " = ?")
                        .param(id)
                        .query(Long.class)
                        .single()
                == 1;
    }

    private static List<String> statusOnMaster(List<Long> regIds) {
        return SyncStack.master()
                .sql("select status from registrations where shard_name = '5433' and shard_reg_id in (:ids)")
                .param("ids", regIds)
                .query(String.class)
                .list();
    }
}
