package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** A shard goes back to a backup and nobody helps; no relay runs, so only the sweeper can bring its rows. */
class RestoredShardIT {

    private static final String SHARD = "restored";
    private static final String BACKUP = "restored_backup";

    @Test
    void a_restored_shard_reaches_the_master_without_an_event_and_what_it_lost_is_told() {
        Map<String, Object> settings = new HashMap<>(Jobbing.QUIET);
        settings.put("ghidanh.sync.sweep.interval", "200ms");
        settings.put("ghidanh.sync.sweep.settle", "500ms");
        settings.put("ghidanh.sync.drift.watch", "200ms");
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
            List<Long> fresh = registrations(2, secNo);
            awaitMarks();

            assertThat(fresh).doesNotContainAnyElementsOf(lost);
            List<Long> lostStates = new ArrayList<>(lost);
            lostStates.add(kept.get(0));
            await().atMost(Jobbing.SOON)
                    .untilAsserted(() -> assertThat(named(consumer)).containsExactlyInAnyOrderElementsOf(lostStates));
            await().atMost(Jobbing.SOON)
                    .untilAsserted(() -> assertThat(Jobbing.onMaster(SHARD)).containsAll(Jobbing.onShard(SHARD)));

            Jobbing.awaitCompared(SHARD);
            JsonNode found = Jobbing.run(consumer, "/api/drift-checks", "{\"shard\": \"restored\"}");
            assertThat(extra(found)).containsExactlyElementsOf(lost);

            Jobbing.removeExtra(consumer, SHARD, "lost with the disk");
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

    private static List<Long> named(ConfigurableApplicationContext consumer) {
        return Rest.of(consumer)
                .get("/api/lost-registrations?shard=" + SHARD)
                .body()
                .path("items")
                .valueStream()
                .map(row -> Long.valueOf(row.path("id").asString().replaceFirst(".*-", "")))
                .toList();
    }

    private static Stream<Long> extra(JsonNode job) {
        return job.at("/report/restored/entities/registration/extra/examples")
                .valueStream()
                .map(JsonNode::longValue);
    }
}
