package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Databases that have lost their newest rows and do not know it: they are where they were. Nobody helps. */
class BackInTimeIT {

    private static final String SHARD = "rewound";
    private static final long MICROSECONDS_OF_2020 = 1_577_836_800_000_000L;

    private static ConfigurableApplicationContext consumer;

    @BeforeAll
    static void start() {
        Map<String, Object> settings = new HashMap<>(Jobbing.QUIET);
        settings.put("ghidanh.sync.sweep.interval", "200ms");
        settings.put("ghidanh.sync.sweep.settle", "300ms");
        settings.put("ghidanh.sync.drift.watch", "200ms");
        consumer = SyncStack.startReadyConsumer(List.of(SHARD), settings);
        SyncStack.newRegistration(SHARD);
        awaitMarks();
        Jobbing.awaitCompared(SHARD);
    }

    @AfterAll
    static void stop() {
        consumer.close();
    }

    @Test
    void a_number_given_twice_is_called_synced_for_neither_until_the_master_shows_the_shard_s() {
        long lost = SyncStack.newRegistration(SHARD);
        awaitMarks();
        JdbcClient shard = SyncStack.shard(SHARD);
        int student = SyncStack.newStudent(SHARD);
        int section = SyncStack.newSection(SHARD);

        // In one transaction, so that the watch does not see that it is gone before its number is given again. The
        // writer's own
        // version is passed over: the new row has the number and the version of the lost one.
        shard.sql("""
                do $$
                declare
                    version bigint;
                begin
                    set local session_replication_role = replica;
                    delete from registrations r where r.reg_id = %1$d returning r.version into strict version;
                    set local session_replication_role = origin;
                    perform setval('registrations_reg_id_seq', %1$d, false);
                    perform setval('row_version', version - 1, false);
                    insert into registrations (stno, sec_no) values (%2$d, %3$d);
                end
                $$
                """.formatted(lost, student, section)).update();
        long again = shard.sql("select reg_id from registrations where stno = ?")
                .param(student)
                .query(Long.class)
                .single();

        awaitMarks();
        assertThat(again).isEqualTo(lost);
        assertThat(Jobbing.onMaster(SHARD)).containsAll(Jobbing.onShard(SHARD));
        assertThat(named()).contains(lost);
        Jobbing.awaitCompared(SHARD);
        assertThat(SyncStack.newRegistration(SHARD))
                .as("above all that was ever given")
                .isGreaterThan(MICROSECONDS_OF_2020);
        awaitMarks();
    }

    @Test
    void what_a_shard_has_lost_is_noticed_though_nothing_else_happens_there() {
        long lost = SyncStack.newRegistration(SHARD);
        awaitMarks();
        behindTheTriggers("delete from registrations where reg_id = " + lost);

        await().atMost(Jobbing.SOON).untilAsserted(() -> assertThat(named()).contains(lost));
        Jobbing.awaitCompared(SHARD);
        JsonNode check = Rest.of(consumer).get("/api/drift-checks").body();
        assertThat(check.toString()).contains("identity watch", "the shard went back");
    }

    @Test
    void what_the_master_has_lost_comes_back() {
        long lost = SyncStack.newRegistration(SHARD);
        awaitMarks();
        comesBackToTheMaster(lost);
    }

    @Test
    void what_the_master_has_lost_comes_back_though_newer_rows_have_arrived_since() {
        long lost = SyncStack.newRegistration(SHARD);
        SyncStack.newRegistration(SHARD);
        awaitMarks();
        comesBackToTheMaster(lost);
    }

    private static void comesBackToTheMaster(long regId) {
        SyncStack.master()
                .sql("delete from registrations where shard_name = ? and shard_reg_id = ?")
                .params(SHARD, regId)
                .update();

        await().atMost(Jobbing.SOON)
                .untilAsserted(() -> assertThat(Jobbing.onMaster(SHARD)).containsAll(Jobbing.onShard(SHARD)));
        Jobbing.awaitCompared(SHARD);
    }

    @Test
    void a_doubt_that_comes_during_a_comparison_outlives_it() {
        SyncStack.newRegistration(SHARD);
        awaitMarks();
        Jobbing.awaitCompared(SHARD);
        JdbcClient master = SyncStack.master();
        master.sql("update students set lname = 'Khác' where stno = (select max(stno) from students)")
                .update();
        master.sql("""
                create function doubted() returns trigger language plpgsql security definer set search_path = public as $$
                begin
                    update shards set compared = 'the master went back: said while it was repaired' where name = 'rewound';
                    return null;
                end
                $$
                """).update();
        master.sql("create trigger doubted after update on students for each row execute function doubted()")
                .update();
        try {
            JsonNode job = Jobbing.run(
                    consumer,
                    "/api/drift-checks",
                    "{\"shard\": \"rewound\", \"repair\": true, \"reason\": \"a name\"}");
            assertThat(job.at("/counts/repaired").longValue()).isEqualTo(1);
        } finally {
            master.sql("drop function doubted() cascade").update();
        }
        await().atMost(Jobbing.SOON)
                .until(() -> Rest.of(consumer)
                        .get("/api/drift-checks")
                        .body()
                        .toString()
                        .contains("said while it was repaired"));
        Jobbing.awaitCompared(SHARD);
    }

    @Test
    void foreign_objects_that_were_dropped_come_back_and_the_shard_goes_on() {
        SyncStack.master().sql("drop server fdw_" + SHARD + " cascade").update();
        SyncStack.newRegistration(SHARD);
        awaitMarks();
        assertThat(Jobbing.onMaster(SHARD)).containsAll(Jobbing.onShard(SHARD));
    }

    @Test
    void seats_that_were_loaded_past_the_triggers_are_counted_again() {
        int section = SyncStack.newSection(SHARD);
        int student = SyncStack.newStudent(SHARD);
        behindTheTriggers("insert into registrations (stno, sec_no) values (" + student + ", " + section + ")");
        JsonNode job = Jobbing.run(
                consumer, "/api/drift-checks", "{\"shard\": \"rewound\", \"repair\": true, \"reason\": \"a load\"}");
        assertThat(job.at("/report/rewound/wrongSeats").longValue()).isEqualTo(1);
        assertThat(job.at("/report/rewound/repairedSeats").longValue()).isEqualTo(1);
        assertThat(SyncStack.shard(SHARD)
                        .sql("select enrolled from sections where sec_no = ?")
                        .param(section)
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
        awaitMarks();
    }

    private static void behindTheTriggers(String statement) {
        SyncStack.shard(SHARD)
                .sql("do $$ begin set local session_replication_role = replica; " + statement + "; end $$")
                .update();
    }

    private static List<Long> named() {
        return Rest.of(consumer)
                .get("/api/lost-registrations?shard=" + SHARD)
                .body()
                .path("items")
                .valueStream()
                .map(row -> Long.valueOf(row.path("id").asString().replaceFirst(".*-", "")))
                .toList();
    }

    private static void awaitMarks() {
        await().atMost(Jobbing.SOON).until(() -> SyncStack.unmarked(SHARD) == 0);
    }
}
