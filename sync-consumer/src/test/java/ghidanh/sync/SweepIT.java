package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.event.Entity;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

class SweepIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String SHARD = "swept";

    private static ConfigurableApplicationContext consumer;

    @BeforeAll
    static void startConsumer() {
        consumer = SyncStack.startReadyConsumer(
                List.of(SHARD),
                Map.of(
                        "ghidanh.sync.sweep.interval",
                        "200ms",
                        "ghidanh.sync.sweep.settle",
                        "500ms",
                        "ghidanh.sync.sweep.page-size",
                        7));
    }

    @AfterAll
    static void stopConsumer() {
        consumer.close();
    }

    @Test
    void registrations_without_an_event_are_brought_and_marked_page_by_page() {
        int secNo = SyncStack.newSection(SHARD);
        double before = count("registration.sync.sweep.rows");
        List<Long> regIds = Stream.generate(() -> SyncStack.register(SHARD, SyncStack.newStudent(SHARD), secNo))
                .limit(20)
                .toList();

        await().atMost(SOON).until(() -> regIds.stream().allMatch(regId -> SyncStack.isMarked(SHARD, regId)));

        assertThat(regIds).allMatch(regId -> SyncStack.isOnMaster(SHARD, regId));
        assertThat(count("registration.sync.sweep.rows") - before).isEqualTo(20);
    }

    @Test
    void students_and_sections_without_an_event_are_brought_new_and_changed() {
        List<Integer> students =
                Stream.generate(() -> SyncStack.newStudent(SHARD)).limit(20).toList();
        int secNo = SyncStack.newSection(SHARD);
        await().atMost(SOON)
                .until(() ->
                        students.stream().allMatch(stno -> nameOnMaster(stno).equals("Đức")));

        SyncStack.shard(SHARD)
                .sql("update students set fname = 'Ý' where stno = ?")
                .param(students.get(3))
                .update();
        SyncStack.shard(SHARD)
                .sql("update sections set capacity = 77 where sec_no = ?")
                .param(secNo)
                .update();

        await().atMost(SOON).until(() -> nameOnMaster(students.get(3)).equals("Ý"));
        await().atMost(SOON)
                .until(() -> SyncStack.master()
                                .sql(
                                        "select count(*) from sections_map where shard_name = ? and shard_sec_no = ? and capacity = 77")
                                .params(SHARD, secNo)
                                .query(Long.class)
                                .single()
                        == 1);
    }

    private static String nameOnMaster(int stno) {
        return SyncStack.master()
                .sql("""
                        select s.fname
                          from students s
                          join students_map m on m.master_stno = s.stno
                         where m.shard_name = ?
                           and m.shard_stno = ?
                        """)
                .params(SHARD, stno)
                .query(String.class)
                .optional()
                .orElse("");
    }

    @Test
    void a_registration_written_with_the_trigger_off_is_brought_and_marked() {
        int stno = SyncStack.newStudent(SHARD);
        int secNo = SyncStack.newSection(SHARD);
        double before = count("registration.sync.sweep.rows");
        long regId;
        SyncStack.shard(SHARD)
                .sql("alter table registrations disable trigger record_insert")
                .update();
        try {
            regId = SyncStack.register(SHARD, stno, secNo);
        } finally {
            SyncStack.shard(SHARD)
                    .sql("alter table registrations enable trigger record_insert")
                    .update();
        }
        assertThat(SyncStack.shard(SHARD)
                        .sql("select count(*) from outbox where entity = 'registration' and entity_id = ?")
                        .param(regId)
                        .query(Long.class)
                        .single())
                .as("events of a row written with the trigger off")
                .isZero();

        await().atMost(SOON).until(() -> SyncStack.isMarked(SHARD, regId));

        assertThat(SyncStack.isOnMaster(SHARD, regId)).isTrue();
        assertThat(count("registration.sync.sweep.rows") - before).isEqualTo(1);
    }

    @Test
    void a_lost_mark_is_set_again() {
        long regId = SyncStack.newRegistration(SHARD);
        SyncStack.send(SHARD, Entity.REGISTRATION, regId);
        await().atMost(SOON).until(() -> SyncStack.isMarked(SHARD, regId));
        double before = count("registration.sync.sweep.marks");

        SyncStack.shard(SHARD)
                .sql("update registrations set synced_at = null where reg_id = ?")
                .param(regId)
                .update();

        await().atMost(SOON).until(() -> SyncStack.isMarked(SHARD, regId));
        assertThat(count("registration.sync.sweep.marks") - before).isEqualTo(1);
    }

    @Test
    void a_change_of_an_old_registration_is_left_to_its_event_as_long_as_a_new_one_is() {
        String shard = "swept_late";
        Duration settle = Duration.ofSeconds(3);
        try (var patient = SyncStack.startReadyConsumer(
                List.of(shard),
                Map.of(
                        "ghidanh.sync.sweep.interval",
                        "200ms",
                        "ghidanh.sync.sweep.settle",
                        settle.toMillis() + "ms"))) {
            long regId = SyncStack.newRegistration(shard);
            SyncStack.shard(shard)
                    .sql("update registrations set created_at = created_at - interval '1 day' where reg_id = ?")
                    .param(regId)
                    .update();
            await().atMost(SOON).until(() -> SyncStack.isMarked(shard, regId));

            long changed = System.nanoTime();
            SyncStack.shard(shard)
                    .sql("update registrations set status = 'withdrawn' where reg_id = ?")
                    .param(regId)
                    .update();
            await().atMost(SOON).pollInterval(Duration.ofMillis(50)).until(() -> SyncStack.isMarked(shard, regId));

            assertThat(Duration.ofNanos(System.nanoTime() - changed)).isGreaterThan(settle);
            assertThat(patient.isRunning()).isTrue();
        }
    }

    private static double count(String counter) {
        return consumer.getBean(MeterRegistry.class).get(counter).counter().count();
    }
}
