package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** A shard goes back to a backup, by the steps in sql/README.md; no relay runs, so only the sweeper can bring its rows. */
class RestoredShardIT {

    private static final String SHARD = "restored";
    private static final String BACKUP = "restored_backup";

    @Test
    void a_restored_shard_reaches_the_master_without_an_event_and_what_it_lost_is_told() {
        Map<String, Object> settings = new HashMap<>(Jobbing.QUIET);
        settings.put("ghidanh.sync.sweep.interval", "200ms");
        settings.put("ghidanh.sync.sweep.settle", "500ms");
        try (var consumer = SyncStack.startReadyConsumer(List.of(SHARD), settings)) {
            int secNo = SyncStack.newSection(SHARD);
            List<Long> kept = registrations(10, secNo);
            awaitMarks();
            copy(SHARD, BACKUP);
            List<Long> lost = registrations(3, secNo);
            SyncStack.shard(SHARD)
                    .sql("update registrations set mark = 9.5 where reg_id = ?")
                    .param(kept.get(0))
                    .update();
            awaitMarks();

            copy(BACKUP, SHARD);
            goAboveWhatTheMasterHasSeen();
            List<Long> fresh = registrations(2, secNo);
            awaitMarks();

            assertThat(Jobbing.onMaster(SHARD)).containsAll(Jobbing.onShard(SHARD));
            assertThat(fresh).doesNotContainAnyElementsOf(lost);
            JsonNode found = Jobbing.run(consumer, "/api/drift-checks", "{\"shard\": \"restored\"}");
            assertThat(extra(found)).containsExactlyElementsOf(lost);

            removeExtra(consumer);
            assertThat(Jobbing.onMaster(SHARD)).hasSize(12).isEqualTo(Jobbing.onShard(SHARD));
        }
    }

    private static List<Long> registrations(int number, int secNo) {
        return Stream.generate(() -> SyncStack.register(SHARD, SyncStack.newStudent(SHARD), secNo))
                .limit(number)
                .toList();
    }

    private static void awaitMarks() {
        await().atMost(Jobbing.SOON).ignoreExceptions().until(() -> SyncStack.unmarked(SHARD) == 0);
    }

    /** File by file, as a backup of the server would be; whoever is connected to either is thrown out. */
    private static void copy(String from, String to) {
        var server = SyncStack.SERVERS.shard("5433");
        JdbcClient client = JdbcClient.create(server.dataSource("postgres"));
        client.sql("drop database if exists " + to + " with (force)").update();
        client.sql("alter database " + from + " with allow_connections false").update();
        try {
            client.sql("select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = ?")
                    .param(from)
                    .query()
                    .listOfRows();
            client.sql("create database " + to + " template " + from).update();
        } finally {
            client.sql("alter database " + from + " with allow_connections true")
                    .update();
        }
    }

    private static void goAboveWhatTheMasterHasSeen() {
        long version = highest("select max(version) from ("
                + "select version from registrations where shard_name = :shard "
                + "union all select version from students_map where shard_name = :shard "
                + "union all select version from sections_map where shard_name = :shard) v");
        sequence("row_version", version);
        sequence(
                "registrations_reg_id_seq",
                highest("select max(shard_reg_id) from registrations where shard_name = :shard"));
        sequence("students_stno_seq", highest("select max(shard_stno) from students_map where shard_name = :shard"));
        sequence(
                "sections_sec_no_seq", highest("select max(shard_sec_no) from sections_map where shard_name = :shard"));
        JdbcClient shard = SyncStack.shard(SHARD);
        shard.sql("update registrations set version = nextval('row_version'), synced_at = null")
                .update();
        shard.sql("update students set version = nextval('row_version')").update();
        shard.sql("update sections set version = nextval('row_version')").update();
    }

    private static long highest(String sql) {
        return SyncStack.master()
                .sql(sql)
                .param("shard", SHARD)
                .query(Long.class)
                .single();
    }

    private static void sequence(String name, long value) {
        SyncStack.shard(SHARD)
                .sql("select setval(?::regclass, ?)")
                .params(name, value)
                .query(Long.class)
                .single();
    }

    private static Stream<Long> extra(JsonNode job) {
        return job.at("/report/restored/entities/registration/extra/examples")
                .valueStream()
                .map(JsonNode::longValue);
    }

    private static void removeExtra(ConfigurableApplicationContext consumer) {
        Jobbing.run(
                consumer,
                "/api/drift-checks",
                "{\"shard\": \"restored\", \"repair\": true, \"removeExtra\": true, \"reason\": \"lost with the disk\"}");
    }
}
