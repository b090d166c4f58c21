package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.servers.TestServers;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

class DriftIT {

    private static final String SHARD = "drifted";
    private static final int REGISTRATIONS = 9_000;

    private static ConfigurableApplicationContext consumer;
    private static Rest rest;

    @BeforeAll
    static void fillShardAndMaster() {
        consumer = SyncStack.startReadyConsumer(List.of(SHARD), Jobbing.QUIET);
        rest = Rest.of(consumer);
        Jobbing.fill(SHARD, REGISTRATIONS);
        SyncStack.master()
                .sql("select sync_registrations_remapped(?)")
                .param(SHARD)
                .query()
                .singleRow();
    }

    @AfterAll
    static void stopConsumer() {
        consumer.close();
    }

    @BeforeEach
    void repairEverything() {
        Jobbing.removeExtra(consumer, SHARD, "clean for a test");
    }

    @Test
    void equal_copies_have_no_drift() {
        JsonNode job = check();

        JsonNode registrations = entity(job, "registration");
        assertThat(registrations.path("shardRows").longValue())
                .isEqualTo(Jobbing.onShard(SHARD).size());
        assertThat(registrations.path("masterRows").longValue())
                .isEqualTo(Jobbing.onShard(SHARD).size());
        assertThat(registrations.path("buckets").intValue()).isEqualTo(3);
        assertThat(registrations.path("differingBuckets").intValue()).isZero();
        assertThat(entity(job, "student").path("shardRows").longValue())
                .isEqualTo(Jobbing.onShard(SHARD).size());
        assertThat(entity(job, "section").path("shardRows").longValue()).isGreaterThanOrEqualTo(11);
        assertThat(drift(job)).isZero();
    }

    @Test
    void extra_rows_that_may_be_the_last_copy_are_not_removed() {
        onMaster("update shards set compared = 'the shard went back: it is another one' where name = 'drifted'");
        Rest.Answer refused = rest.post(
                "/api/drift-checks", "{\"shard\": \"drifted\", \"removeExtra\": true, \"reason\": \"why not\"}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body().path("code").asString()).isEqualTo("WENT_BACK");

        JsonNode repaired = run("\"repair\": true, \"reason\": \"as the watch does\"");
        run(removal(repaired));
    }

    @Test
    void one_missing_one_extra_and_one_changed_row_are_found_named_and_repaired() {
        onMaster("delete from registrations where shard_name = 'drifted' and shard_reg_id = 4321");
        onMaster("""
                insert into registrations (stno, sec_no, created_at, status, shard_name, shard_reg_id, version)
                select stno, (select sec_no from sections where sec_no <> r.sec_no limit 1), now(), 'registered',
                       'drifted', 987654321, 1
                  from registrations r where shard_name = 'drifted' and shard_reg_id = 77
                """);
        onMaster("update registrations set mark = 9.5 where shard_name = 'drifted' and shard_reg_id = 8000");
        onShardBehindItsTriggers(
                "update students set lname = 'Trần', version = nextval('row_version') where stno = 5000");

        JsonNode found = check();

        JsonNode registrations = entity(found, "registration");
        assertThat(examples(registrations, "missing")).containsExactly(4321L);
        assertThat(examples(registrations, "extra")).containsExactly(987654321L);
        assertThat(examples(registrations, "different")).containsExactly(8000L);
        assertThat(examples(entity(found, "student"), "different")).containsExactly(5000L);
        assertThat(drift(found)).isEqualTo(4);
        assertThat(gauge("missing") + gauge("extra") + gauge("different")).isEqualTo(4);

        JsonNode repaired = run("\"repair\": true, \"reason\": \"after the check\"");
        assertThat(Jobbing.count(repaired, "repaired")).isEqualTo(3);
        assertThat(Jobbing.count(repaired, "removed")).isZero();
        JsonNode left = check();
        assertThat(drift(left)).isEqualTo(1);
        assertThat(examples(entity(left, "registration"), "extra")).containsExactly(987654321L);
        assertThat(gauge("extra")).isEqualTo(1);

        JsonNode removed = run(removal(left));
        assertThat(Jobbing.count(removed, "removed")).isEqualTo(1);
        assertThat(drift(check())).isZero();
        assertThat(gauge("missing") + gauge("extra") + gauge("different")).isZero();
        assertThat(Jobbing.onMaster(SHARD)).isEqualTo(Jobbing.onShard(SHARD));
        JsonNode latest = rest.get("/api/drift").body().path("shards").path(SHARD);
        assertThat(latest.path("drift")
                        .path("entities")
                        .path("registration")
                        .path("extra")
                        .path("rows")
                        .longValue())
                .isZero();
        assertThat(meters().get("registration.reconcile.success.timestamp")
                        .gauge()
                        .value())
                .isGreaterThan(1e9);
    }

    @Test
    void rows_are_removed_after_a_dry_run_only() {
        extra(3);
        JsonNode dryRun = check();
        JsonNode ofAll = Jobbing.run(consumer, "/api/drift-checks", "{\"shard\": \"all\"}");
        JsonNode old = check();
        SyncStack.master()
                .sql("update jobs set ended_at = ended_at - interval '1 hour' where id = ?")
                .param(old.path("id").longValue())
                .update();

        assertRefused("DRY_RUN_FIRST", "\"removeExtra\": true, \"reason\": \"test\"");
        for (JsonNode wrong : List.of(ofAll, old)) {
            assertRefused("DRY_RUN_FIRST", removal(wrong));
        }
        assertThat(Jobbing.count(check(), "extra")).isEqualTo(3);

        JsonNode removed = run(removal(dryRun));
        assertThat(Jobbing.count(removed, "removed")).isEqualTo(3);
        assertRefused("DRY_RUN_FIRST", removal(dryRun));
        assertRefused("DRY_RUN_FIRST", removal(removed));
    }

    @Test
    void nothing_is_removed_where_there_is_more_than_the_dry_run_counted() {
        extra(3);
        JsonNode dryRun = check();
        extra(4);

        JsonNode job = Jobbing.run(consumer, "/api/drift-checks", "{\"shard\": \"drifted\", " + removal(dryRun) + "}");

        assertThat(Jobbing.state(job)).isEqualTo("FAILED");
        assertThat(job.path("message").asString()).contains("4 extra rows now", "counted 3");
        assertThat(Jobbing.count(check(), "extra")).isEqualTo(4);
    }

    @Test
    void no_more_is_removed_than_the_settings_allow() {
        extra(1_001);
        assertRefused("REMOVES_TOO_MUCH", removal(check()));

        onMaster("delete from registrations where shard_reg_id = 900001001");
        assertThat(Jobbing.count(run(removal(check())), "removed")).isEqualTo(1_000);
    }

    @Test
    void a_registration_in_another_section_on_the_master_is_drift_and_repaired() {
        onMaster("""
                update registrations r
                   set sec_no = (select max(m.master_sec_no) from sections_map m
                                  where m.shard_name = 'drifted' and m.master_sec_no <> r.sec_no)
                 where shard_name = 'drifted' and shard_reg_id = 4000
                """);

        assertThat(examples(entity(check(), "registration"), "different")).containsExactly(4000L);
        run("\"repair\": true, \"reason\": \"wrong section\"");

        assertThat(drift(check())).isZero();
        assertThat(Jobbing.onMaster(SHARD)).isEqualTo(Jobbing.onShard(SHARD));
    }

    @Test
    void an_empty_master_is_repaired_from_the_shards_tables() {
        Jobbing.forget(SHARD);

        JsonNode found = check();
        JsonNode registrations = entity(found, "registration");
        assertThat(registrations.path("missing").path("rows").longValue())
                .isEqualTo(Jobbing.onShard(SHARD).size());
        assertThat(registrations.path("missing").path("examples").size()).isEqualTo(100);
        run("\"repair\": true, \"reason\": \"the disk died\"");

        assertThat(drift(check())).isZero();
        assertThat(Jobbing.onMaster(SHARD)).isEqualTo(Jobbing.onShard(SHARD));
    }

    @Test
    void rows_in_flight_are_not_drift() {
        ConfigurableApplicationContext patient = SyncStack.startReadyConsumer(
                List.of(SHARD),
                Map.of(
                        "ghidanh.sync.sweep.interval",
                        "1h",
                        "ghidanh.sync.jobs.heartbeat",
                        "100ms",
                        "ghidanh.sync.drift.settle",
                        "6s",
                        "ghidanh.sync.drift.interval",
                        "0"));
        long regId = SyncStack.newRegistration(SHARD);
        String path = Jobbing.start(Rest.of(patient), "/api/drift-checks", "{\"shard\": \"drifted\"}");
        await().atMost(Jobbing.SOON)
                .until(() -> rest.get(path).body().path("message").asString("").contains("in flight"));

        // It arrives, as by its event, but at once: long before the check looks again.
        SyncStack.master()
                .sql("select outcome from sync_registrations_remapped(?, array[?::bigint])")
                .params(SHARD, regId)
                .query()
                .singleRow();
        // This one was not there at the first look.
        SyncStack.newRegistration(SHARD);
        JsonNode job = Jobbing.finished(patient, path);
        patient.close();

        assertThat(drift(job)).isZero();
        assertThat(entity(job, "registration").path("inFlight").longValue()).isEqualTo(2);
        assertThat(entity(job, "student").path("inFlight").longValue()).isEqualTo(2);
        SyncStack.shard(SHARD).sql("delete from outbox").update();
    }

    @Test
    void a_check_runs_by_itself_and_feeds_the_metrics() {
        onMaster("delete from registrations where shard_name = 'drifted' and shard_reg_id = 1234");
        Map<String, Object> settings = new HashMap<>(Jobbing.QUIET);
        settings.put("ghidanh.sync.drift.interval", "1s");
        settings.put("ghidanh.sync.drift.repair", "false");
        try (var scheduled = SyncStack.startReadyConsumer(List.of(SHARD), settings)) {
            await().atMost(Jobbing.SOON).until(() -> gauge(scheduled, "missing") == 1);

            await().atMost(Jobbing.SOON).untilAsserted(() -> {
                JsonNode checks = rest.get("/api/drift-checks?limit=20").body().path("jobs");
                assertThat(checks.valueStream()).anySatisfy(check -> {
                    assertThat(check.path("requestedBy").asString()).isEqualTo("schedule");
                    assertThat(Jobbing.state(check)).isEqualTo("DONE");
                    assertThat(Jobbing.count(check, "missing")).isEqualTo(1);
                });
            });
        }
    }

    @Test
    void a_check_by_itself_brings_what_is_missing() {
        onMaster("delete from registrations where shard_name = 'drifted' and shard_reg_id = 1235");
        Map<String, Object> settings = new HashMap<>(Jobbing.QUIET);
        settings.put("ghidanh.sync.drift.interval", "1s");
        var scheduled = SyncStack.startReadyConsumer(List.of(SHARD), settings);
        try (scheduled) {
            await().atMost(Jobbing.SOON)
                    .untilAsserted(() -> assertThat(Jobbing.onMaster(SHARD)).isEqualTo(Jobbing.onShard(SHARD)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"student", "section", "registration"})
    void the_shard_adds_up_its_own_rows(String entity) throws SQLException {
        StringBuilder plans = new StringBuilder();
        try (var session = SyncStack.SERVERS.master().connect(TestServers.DATABASE);
                var statement = session.createStatement()) {
            statement.execute("load 'auto_explain'");
            statement.execute("set auto_explain.log_min_duration = 0");
            statement.execute("set auto_explain.log_nested_statements = on");
            statement.execute("set auto_explain.log_verbose = on");
            statement.execute("set auto_explain.log_level = notice");
            statement.execute("set client_min_messages = notice");
            statement.execute("select * from drift_buckets('drifted', '" + entity + "')");
            for (var warning = statement.getWarnings(); warning != null; warning = warning.getNextWarning()) {
                plans.append(warning.getMessage()).append('\n');
            }
        }
        assertThat(plans.toString()).containsPattern("Remote SQL: SELECT .*count\\(\\*\\), sum\\(.*GROUP BY");
    }

    @Test
    void checks_exclude_each_other_and_repair_needs_a_reason() {
        assertThat(rest.post("/api/drift-checks", "{\"shard\": \"drifted\", \"repair\": true}")
                        .status())
                .isEqualTo(400);
        assertThat(rest.post("/api/drift-checks", "{}").status()).isEqualTo(400);
        assertThat(rest.post("/api/drift-checks", "{\"shard\": \"nowhere\"}").status())
                .isEqualTo(404);
        SyncStack.master().sql("""
                        insert into jobs (kind, shard, options, reason, requested_by, state, owner)
                        values ('drift_check', 'drifted', '{}', '', '', 'running', '')
                        """).update();
        Rest.Answer second = rest.post("/api/drift-checks", "{\"shard\": \"all\"}");
        SyncStack.master().sql("delete from jobs where owner = ''").update();
        assertThat(second.status()).isEqualTo(409);
    }

    /** So many registrations on the master that the shard does not have; those of the call before are among them. */
    private static void extra(int rows) {
        SyncStack.master().sql("""
                        insert into registrations (stno, sec_no, created_at, status, shard_name, shard_reg_id, version)
                        select stno, (select min(s.sec_no) from sections s where s.sec_no <> r.sec_no), now(), 'registered',
                               'drifted', 900000000 + row_number() over (order by shard_reg_id), 1
                          from registrations r
                         where shard_name = 'drifted'
                           and shard_reg_id < 900000000
                         order by shard_reg_id
                         limit ?
                        on conflict do nothing
                        """).param(rows).update();
    }

    private static String removal(JsonNode dryRun) {
        return "\"removeExtra\": true, \"after\": " + dryRun.path("id").longValue()
                + ", \"reason\": \"nobody knows them\"";
    }

    private static void assertRefused(String code, String options) {
        Rest.Answer answer = rest.post("/api/drift-checks", "{\"shard\": \"drifted\", " + options + "}");
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(409);
        assertThat(answer.body().path("code").asString()).isEqualTo(code);
    }

    private static JsonNode check() {
        return run("\"repair\": false");
    }

    private static JsonNode run(String options) {
        JsonNode job = Jobbing.run(consumer, "/api/drift-checks", "{\"shard\": \"drifted\", " + options + "}");
        assertThat(Jobbing.state(job)).as(job.toString()).isEqualTo("DONE");
        return job;
    }

    private static JsonNode entity(JsonNode job, String entity) {
        return job.path("report").path(SHARD).path("entities").path(entity);
    }

    private static List<Long> examples(JsonNode entity, String kind) {
        return entity.path(kind)
                .path("examples")
                .valueStream()
                .map(JsonNode::longValue)
                .toList();
    }

    private static long drift(JsonNode job) {
        return Jobbing.count(job, "missing") + Jobbing.count(job, "extra") + Jobbing.count(job, "different");
    }

    private static double gauge(String kind) {
        return gauge(consumer, kind);
    }

    private static double gauge(ConfigurableApplicationContext instance, String kind) {
        return instance.getBean(MeterRegistry.class)
                .get("registration.reconcile.mismatch")
                .tag("kind", kind)
                .gauge()
                .value();
    }

    private static MeterRegistry meters() {
        return consumer.getBean(MeterRegistry.class);
    }

    private static void onMaster(String statement) {
        SyncStack.master().sql(statement).update();
    }

    private static void onShardBehindItsTriggers(String statement) {
        SyncStack.shard(SHARD)
                .sql("do $$ begin set local session_replication_role = replica; " + statement + "; end $$")
                .update();
    }
}
