package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.servers.ServiceProcess;
import ghidanh.servers.ServiceSettings;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

class ReplayIT {

    private static final String SHARD = "replayed";
    private static final String OTHER = "replayed_too";
    private static final int REGISTRATIONS = 2_000;

    private static ConfigurableApplicationContext consumer;
    private static Rest rest;

    @BeforeAll
    static void fillTheTopic() {
        consumer = SyncStack.startReadyConsumer(List.of(SHARD, OTHER), Jobbing.QUIET);
        rest = Rest.of(consumer);
        Jobbing.fill(SHARD, REGISTRATIONS);
        Jobbing.relay(SHARD);
        await().atMost(Jobbing.SOON).until(() -> Jobbing.onMaster(SHARD).equals(Jobbing.onShard(SHARD)));
        await().atMost(Jobbing.SOON).until(() -> SyncStack.unmarked(SHARD) == 0);
    }

    @AfterAll
    static void stopConsumer() {
        consumer.close();
    }

    @BeforeEach
    void emptyMaster() {
        Jobbing.forget(SHARD);
    }

    @Test
    void a_replay_from_the_beginning_rebuilds_an_empty_master() {
        JsonNode job = Jobbing.run(consumer, "/api/replays", """
                {"shard": "replayed", "from": "earliest", "dryRun": false, "reason": "the disk died"}
                """);

        assertThat(Jobbing.state(job)).isEqualTo("DONE");
        assertThat(Jobbing.onMaster(SHARD)).hasSize(REGISTRATIONS).isEqualTo(Jobbing.onShard(SHARD));
        assertThat(Jobbing.onMaster(SHARD)).anyMatch(row -> "withdrawn".equals(row.get("status")));
        assertThat(job.path("read").longValue())
                .isEqualTo(job.path("total").longValue())
                .isPositive();
        assertThat(Jobbing.count(job, "events"))
                .isEqualTo(Jobbing.count(job, "inserted")
                        + Jobbing.count(job, "updated")
                        + Jobbing.count(job, "unchanged")
                        + Jobbing.count(job, "merged"));
        assertThat(job.path("requestedBy").asString()).isEqualTo("anybody");
        assertThat(job.path("ratePerSecond").doubleValue()).isPositive();
        assertThat(rest.get("/api/replays").body().path("jobs").get(0).path("id"))
                .isEqualTo(job.path("id"));

        JsonNode again = Jobbing.run(
                consumer,
                "/api/replays",
                "{\"shard\": \"all\", \"from\": \"earliest\", \"dryRun\": false, \"reason\": \"to be sure\"}");
        assertThat(Jobbing.count(again, "inserted") + Jobbing.count(again, "updated"))
                .isZero();
        assertThat(Jobbing.count(again, "unchanged")).isPositive();
    }

    @Test
    void a_dry_run_tells_the_same_and_changes_nothing() {
        String dry = "{\"shard\": \"replayed\", \"from\": \"earliest\"}";

        JsonNode onEmpty = Jobbing.run(consumer, "/api/replays", dry);

        assertThat(Jobbing.state(onEmpty)).isEqualTo("DONE");
        assertThat(Jobbing.count(onEmpty, "inserted")).isGreaterThan(REGISTRATIONS);
        assertThat(Jobbing.rows(SHARD)).isZero();

        Jobbing.run(
                consumer,
                "/api/replays",
                "{\"shard\": \"replayed\", \"from\": \"earliest\", \"dryRun\": false, \"reason\": \"again\"}");
        SyncStack.master()
                .sql("update registrations set version = 0 where shard_name = ? and shard_reg_id <= 5")
                .param(SHARD)
                .update();
        JsonNode onFull = Jobbing.run(consumer, "/api/replays", dry);
        assertThat(Jobbing.count(onFull, "inserted")).isZero();
        assertThat(Jobbing.count(onFull, "updated")).isBetween(5L, 15L);
        assertThat(Jobbing.count(onFull, "unchanged")).isGreaterThan(REGISTRATIONS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alter table registrations add constraint refuser"
                        + " check (shard_name <> 'replayed' or shard_reg_id <> 17) not valid",
                // Which only a commit checks.
                "create constraint trigger refuser after insert on registrations deferrable initially deferred"
                        + " for each row when (new.shard_name = 'replayed' and new.shard_reg_id = 17)"
                        + " execute function refuse()"
            })
    void a_dry_run_foresees_what_the_master_refuses(String refuser) {
        String replay = "{\"shard\": \"replayed\", \"from\": \"earliest\", \"dryRun\": %s, \"reason\": \"r\"}";
        SyncStack.master().sql("""
                        create or replace function refuse() returns trigger language plpgsql as $$
                        begin
                            raise exception 'not this one' using errcode = 'check_violation';
                        end
                        $$
                        """).update();
        SyncStack.master().sql(refuser).update();
        try {
            JsonNode dry = Jobbing.run(consumer, "/api/replays", replay.formatted(true));

            assertThat(Jobbing.state(dry)).isEqualTo("DONE");
            assertThat(Jobbing.count(dry, "failed")).isEqualTo(1);
            assertThat(Jobbing.count(dry, "inserted")).isGreaterThanOrEqualTo(REGISTRATIONS - 1);
            assertThat(Jobbing.rows(SHARD)).isZero();
            assertThat(Jobbing.students(SHARD)).isZero();

            JsonNode real = Jobbing.run(consumer, "/api/replays", replay.formatted(false));

            assertThat(Jobbing.count(real, "failed")).isEqualTo(1);
            assertThat(Jobbing.rows(SHARD)).isEqualTo(REGISTRATIONS - 1);
        } finally {
            SyncStack.master()
                    .sql("drop trigger if exists refuser on registrations")
                    .update();
            SyncStack.master()
                    .sql("alter table registrations drop constraint if exists refuser")
                    .update();
            SyncStack.master().sql("drop function refuse()").update();
        }
    }

    @Test
    void one_replay_a_shard_and_it_can_be_cancelled() {
        String path = Jobbing.start(rest, "/api/replays", """
                {"shard": "replayed", "from": "earliest", "dryRun": false, "maxPerSecond": 100, "reason": "slowly"}
                """);
        await().atMost(Jobbing.SOON)
                .until(() -> Jobbing.rows(SHARD) > 0
                        || rest.get(path).body().path("read").longValue() > 50);

        Rest.Answer second = rest.post("/api/replays", "{\"shard\": \"all\", \"from\": \"earliest\"}");
        Rest.Answer resync = rest.post("/api/resyncs", "{\"shard\": \"replayed\"}");
        Rest.Answer other = rest.post("/api/replays", "{\"shard\": \"replayed_too\", \"from\": \"earliest\"}");
        JsonNode running = rest.get(path).body();
        var cancelled = Jobbing.send(consumer, "DELETE", path);

        assertThat(second.status()).isEqualTo(409);
        assertThat(second.body().path("url").asString()).isEqualTo(path);
        assertThat(second.body().path("type").asString()).isEqualTo("/problems/already-running");
        assertThat(resync.status()).isEqualTo(409);
        assertThat(other.status()).isEqualTo(202);
        assertThat(Jobbing.state(running)).isEqualTo("RUNNING");
        assertThat(running.path("etaSeconds").longValue()).isPositive();
        assertThat(running.path("ratePerSecond").doubleValue()).isLessThan(200);
        assertThat(cancelled.statusCode()).isEqualTo(200);
        assertThat(Jobbing.state(rest.get(path).body())).isEqualTo("CANCELLED");
        assertThat(Jobbing.send(consumer, "DELETE", path).statusCode()).isEqualTo(409);
        assertThat(rest.post(path + "/resume", "").status()).isEqualTo(409);
        assertThat(Jobbing.rows(SHARD)).isLessThan(REGISTRATIONS);
    }

    @Test
    void an_instance_that_stops_leaves_a_replay_to_be_resumed() {
        ConfigurableApplicationContext first = SyncStack.startReadyConsumer(List.of(SHARD, OTHER), Jobbing.QUIET);
        String path = startSlowly(Rest.of(first));
        first.close();

        assertThat(Jobbing.state(rest.get(path).body())).isEqualTo("INTERRUPTED");
        resumedToTheEnd(path);
    }

    @Test
    void a_killed_instance_leaves_a_replay_to_be_resumed() {
        Path directory = Path.of("target", "killed-" + ProcessHandle.current().pid());
        var settings = ServiceSettings.of(SyncConsumerApplication.class, directory)
                .withArguments(SyncStack.arguments(List.of(SHARD, OTHER), Jobbing.QUIET));
        try (var killed = new ServiceProcess(settings).start()) {
            String path = startSlowly(new Rest(killed.address().toString()));

            killed.kill();

            assertThat(Jobbing.state(rest.get(path).body())).isEqualTo("RUNNING");
            assertThat(rest.post(path + "/resume", "").status()).isEqualTo(409);
            Jobbing.letAMinutePass(path);
            await().atMost(Jobbing.SOON)
                    .until(() -> Jobbing.state(rest.get(path).body()).equals("INTERRUPTED"));
            resumedToTheEnd(path);
        }
    }

    private static String startSlowly(Rest instance) {
        String path = Jobbing.start(instance, "/api/replays", """
                {"shard": "replayed", "from": "earliest", "dryRun": false, "maxPerSecond": 50, "reason": "r"}
                """);
        await().atMost(Jobbing.SOON)
                .until(() -> rest.get(path).body().path("read").longValue() > 50);
        return path;
    }

    private static void resumedToTheEnd(String path) {
        Jobbing.resumed(consumer, path);
        assertThat(Jobbing.onMaster(SHARD)).isEqualTo(Jobbing.onShard(SHARD));
    }

    @Test
    void progress_is_streamed_to_the_end() {
        String path = Jobbing.start(rest, "/api/replays", """
                {"shard": "replayed", "from": "earliest", "maxPerSecond": 1000}
                """);

        var stream = Jobbing.send(consumer, "GET", path + "/events");

        assertThat(stream.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/event-stream");
        assertThat(stream.body()).contains("event:progress", "event:end", "\"state\":\"DONE\"");
    }

    @Test
    void a_replay_can_begin_at_a_time_or_at_offsets() {
        JsonNode later = Jobbing.run(consumer, "/api/replays", """
                {"shard": "replayed", "from": "2999-01-01T00:00:00+07:00"}
                """);
        JsonNode epoch = Jobbing.run(consumer, "/api/replays", """
                {"shard": "replayed", "from": "2020-01-01T00:00:00Z"}
                """);
        JsonNode offsets = Jobbing.run(consumer, "/api/replays", """
                {"shard": "replayed", "from": {"1": 10}}
                """);

        assertThat(later.path("total").longValue()).isZero();
        assertThat(Jobbing.state(later)).isEqualTo("DONE");
        assertThat(epoch.path("total").longValue()).isGreaterThan(REGISTRATIONS);
        JsonNode partition = epoch.path("offsets").path(SHARD).path("1");
        assertThat(offsets.path("total").longValue())
                .isEqualTo(partition.path("end").longValue() - 10);
        assertThat(Jobbing.count(offsets, "events"))
                .isEqualTo(offsets.path("total").longValue());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"from": "earliest"}                                           | 400 | INVALID_BODY
            {"shard": "9999", "from": "earliest"}                          | 404 | UNKNOWN_SHARD
            {"shard": "replayed"}                                          | 400 | INVALID_BODY
            {"shard": "replayed", "from": "yesterday"}                     | 400 | INVALID_BODY
            {"shard": "replayed", "from": 12}                              | 400 | INVALID_BODY
            {"shard": "replayed", "from": {"7": 0}}                        | 400 | INVALID_BODY
            {"shard": "replayed", "from": {"0": -1}}                       | 400 | INVALID_BODY
            {"shard": "replayed", "from": {"0": 99999999}}                 | 400 | INVALID_BODY
            {"shard": "all", "from": {"0": 1}}                             | 400 | INVALID_BODY
            {"shard": "replayed", "from": "earliest", "dryRun": false}     | 400 | INVALID_BODY
            {"shard": "replayed", "from": "earliest", "maxPerSecond": 0}   | 400 | INVALID_BODY
            {"shard": "replayed", "from": "earliest", "dryrun": false}     | 400 | INVALID_BODY
            """)
    void what_cannot_be_done_is_a_problem(String body, int status, String code) {
        Rest.Answer answer = rest.post("/api/replays", body);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body().path("code").asString()).isEqualTo(code);
    }

    @Test
    void an_unknown_replay_is_a_problem() {
        assertThat(rest.get("/api/replays/999999").status()).isEqualTo(404);
        assertThat(rest.get("/api/replays/999999/events").status()).isEqualTo(404);
        assertThat(rest.get("/api/replays/abc").status()).isEqualTo(400);
        assertThat(rest.get("/api/replays?limit=0").status()).isEqualTo(400);
    }
}
