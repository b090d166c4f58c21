package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.event.Entity;
import ghidanh.servers.TestServers;
import ghidanh.sync.diagnosis.Kind;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** The gauges of a shard to which no event comes until a test sends it; the sweeper waits for longer than the test. */
@SuppressWarnings("NullAway.Init") // started before the first test
class ObserveIT {

    private static final String SHARD = "observed";
    private static final Duration SOON = Duration.ofSeconds(30);

    private static ConfigurableApplicationContext consumer;

    @BeforeAll
    static void start() {
        consumer = SyncStack.startReadyConsumer(
                List.of(SHARD), Map.of("ghidanh.sync.observe.interval", "200ms", "ghidanh.sync.sweep.interval", "10m"));
    }

    @AfterAll
    static void stop() {
        MeterRegistry meters = consumer.getBean(MeterRegistry.class);
        consumer.close();
        assertThat(gauge(meters, "registration.outbox.backlog", "shard", SHARD))
                .as("a stopped instance knows nothing")
                .isNaN();
    }

    @Test
    void backlog_and_age_are_those_of_the_outbox_and_unknown_when_it_cannot_be_asked() {
        JdbcClient shard = SyncStack.shard(SHARD);
        shard.sql("delete from outbox").update();
        await().atMost(SOON)
                .until(() -> gauge("registration.outbox.backlog", "shard", SHARD) == 0
                        && gauge("registration.outbox.oldest.age", "shard", SHARD) == 0);

        shard.sql("""
                insert into outbox (entity, entity_id, created_at)
                values ('student', 1, now() - interval '1 hour'), ('student', 2, now())
                """).update();
        await().atMost(SOON).until(() -> gauge("registration.outbox.backlog", "shard", SHARD) == 2);
        assertThat(gauge("registration.outbox.oldest.age", "shard", SHARD)).isBetween(3600.0, 3660.0);

        shard.sql("alter table outbox rename to away").update();
        try {
            await().atMost(SOON)
                    .until(() -> Double.isNaN(gauge("registration.outbox.backlog", "shard", SHARD))
                            && Double.isNaN(gauge("registration.outbox.oldest.age", "shard", SHARD)));
            assertThat(gauge("registration.sync.unsynced", "shard", SHARD)).isNotNaN();
        } finally {
            shard.sql("alter table away rename to outbox").update();
        }
    }

    @Test
    void a_row_counts_as_unsynced_from_its_commit_until_the_master_shows_its_present_state() {
        await().atMost(SOON).until(() -> gauge("registration.sync.unsynced", "shard", SHARD) == 0);

        long regId = SyncStack.newRegistration(SHARD);
        await().atMost(SOON).until(() -> gauge("registration.sync.unsynced", "shard", SHARD) == 1);
        await().atMost(SOON).until(() -> gauge("registration.sync.oldest.unsynced.age", "shard", SHARD) > 0.5);
        await().atMost(SOON)
                .until(() -> view().path("waitingEvents").doubleValue() == 0
                        && view().path("unsyncedRows").doubleValue() == 1);
        assertThat(view().path("oldestUnsyncedSeconds").doubleValue()).isGreaterThan(0.5);

        SyncStack.send(SHARD, Entity.REGISTRATION, regId);
        await().atMost(SOON)
                .until(() -> gauge("registration.sync.unsynced", "shard", SHARD) == 0
                        && gauge("registration.sync.oldest.unsynced.age", "shard", SHARD) == 0);

        SyncStack.shard(SHARD)
                .sql("update registrations set created_at = created_at - interval '1 day' where reg_id = ?")
                .param(regId)
                .update();
        double changed = System.currentTimeMillis() / 1_000.0;
        await().atMost(SOON).until(() -> gauge("registration.sync.unsynced", "shard", SHARD) == 1);
        await().atMost(SOON).until(() -> gauge("registration.sync.oldest.unsynced.age", "shard", SHARD) > 0.5);
        assertThat(gauge("registration.sync.oldest.unsynced.age", "shard", SHARD))
                .as("waits since its change, not since it was made a day ago")
                .isLessThan(3_600);
        await().atMost(SOON).until(() -> gauge("registration.sync.observed.timestamp", "shard", SHARD) > changed);
        assertThat(gauge("registration.sync.observed.timestamp", "shard", SHARD))
                .isLessThanOrEqualTo(System.currentTimeMillis() / 1_000.0);
    }

    @Test
    void lag_of_the_group_and_depth_of_the_dead_letters_are_those_of_the_broker() throws SQLException {
        List<Long> regIds =
                Stream.generate(() -> SyncStack.newRegistration(SHARD)).limit(5).toList();
        await().atMost(SOON).until(() -> lagOfTheGroup() == 0);
        int dead = SyncStack.deadLetters(SHARD).size();
        await().atMost(SOON).until(() -> depthOfTheDeadLetters() == dead);

        try (Connection other = SyncStack.SERVERS.master().connect(TestServers.DATABASE);
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("lock table registrations in share mode");
            regIds.forEach(regId -> SyncStack.send(SHARD, Entity.REGISTRATION, regId));
            await().atMost(SOON).until(() -> lagOfTheGroup() == regIds.size());
            await().atMost(SOON).until(() -> view().path("waitingEvents").doubleValue() == regIds.size());
        }
        await().atMost(SOON).until(() -> lagOfTheGroup() == 0);

        SyncStack.sendRaw(SHARD, "poison", "{");
        await().atMost(SOON).until(() -> depthOfTheDeadLetters() == dead + 1);
    }

    @Test
    void the_sentence_names_what_was_done_to_the_shard_within_two_seconds() throws Exception {
        says("no relay is here", Kind.RELAY_ABSENT);
        try (Connection relay = SyncStack.connect(SHARD);
                var leads = relay.createStatement()) {
            leads.execute("select pg_advisory_lock(29106724466159208)");
            await().atMost(SOON).until(() -> !kind().equals("RELAY_ABSENT"));

            onShard("alter role ghidanh_observer password 'another one'");
            endSessionsOf("ghidanh_observer");
            says("another password", Kind.SHARD_LOGIN);
            assertThat(view().path("led").isNull()).isTrue();
            onShard("alter role ghidanh_observer password '" + SyncStack.ROLE_PASSWORD + "'");
            await().atMost(SOON).until(() -> !kind().equals("SHARD_LOGIN"));

            onShard("alter database " + SHARD + " set default_transaction_read_only = on");
            endSessionsOf("ghidanh_observer");
            says("a standby", Kind.SHARD_READ_ONLY);
            leads.execute("alter database " + SHARD + " reset default_transaction_read_only");
            endSessionsOf("ghidanh_observer");
            await().atMost(SOON).until(() -> !kind().equals("SHARD_READ_ONLY"));

            long sentBehindALock = SyncStack.newRegistration(SHARD);
            onShard("delete from outbox");
            try (Connection other = SyncStack.SERVERS.master().connect(TestServers.DATABASE);
                    var holds = other.createStatement()) {
                other.setAutoCommit(false);
                holds.execute("lock table registrations in share mode");
                SyncStack.send(SHARD, Entity.REGISTRATION, sentBehindALock);
                await().atMost(Duration.ofSeconds(3)).until(() -> kind().equals("MASTER_LOCKED"));
                try (var pid = holds.executeQuery("select pg_backend_pid()")) {
                    pid.next();
                    assertThat(diagnosis().path("message").asString()).isEqualTo(pid.getString(1));
                }
            }
            await().atMost(SOON).until(() -> !kind().equals("MASTER_LOCKED"));

            onShard("alter role ghidanh_fdw password 'another one'");
            endSessionsOf("ghidanh_fdw");
            SyncStack.send(SHARD, Entity.REGISTRATION, SyncStack.newRegistration(SHARD));
            onShard("delete from outbox");
            says("the master's password", Kind.FDW_LOGIN);
            onShard("alter role ghidanh_fdw password '" + SyncStack.ROLE_PASSWORD + "'");
            await().atMost(SOON).until(() -> !kind().equals("FDW_LOGIN"));
        }
    }

    private static void onShard(String statements) {
        SyncStack.shard(SHARD).sql(statements).update();
    }

    private static void endSessionsOf(String role) {
        SyncStack.shard(SHARD)
                .sql(
                        "select pg_terminate_backend(pid) from pg_stat_activity where usename = ? and datname = current_database()")
                .param(role)
                .query(Boolean.class)
                .list();
    }

    private static void says(String fault, Kind kind) {
        await(fault)
                .pollInterval(Duration.ofMillis(50))
                .atMost(Duration.ofSeconds(2))
                .until(() -> kind().equals(kind.name()));
    }

    private static String kind() {
        return diagnosis().path("kind").asString();
    }

    private static JsonNode diagnosis() {
        return view().path("diagnosis");
    }

    @Test
    void on_one_machine_all_clocks_agree() {
        for (String node : List.of("master", SHARD)) {
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(gauge("registration.clock.uncertainty", "node", node))
                        .isBetween(0.000_001, 0.5);
                assertThat(Math.abs(gauge("registration.clock.offset", "node", node)))
                        .isLessThanOrEqualTo(gauge("registration.clock.uncertainty", "node", node) + 0.001);
            });
        }
    }

    /** Over all partitions; NaN while any is unknown. */
    private static double lagOfTheGroup() {
        return consumer.getBean(MeterRegistry.class).find("registration.consumer.group.lag").gauges().stream()
                .map(Gauge::value)
                .reduce(Double::sum)
                .orElse(Double.NaN);
    }

    private static double depthOfTheDeadLetters() {
        return gauge("registration.dlt.depth", "topic", "enrollment-observed-dlt");
    }

    private static JsonNode view() {
        return Rest.of(consumer).get("/api/shards").body().path("shards").path(0);
    }

    private static double gauge(String name, String tag, String value) {
        return gauge(consumer.getBean(MeterRegistry.class), name, tag, value);
    }

    private static double gauge(MeterRegistry meters, String name, String tag, String value) {
        Gauge gauge = meters.find(name).tag(tag, value).gauge();
        return gauge == null ? Double.NaN : gauge.value();
    }
}
