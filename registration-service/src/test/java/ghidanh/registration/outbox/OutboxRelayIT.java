package ghidanh.registration.outbox;

import static ghidanh.registration.outbox.TestTopic.header;
import static ghidanh.registration.outbox.TestTopic.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.event.ChangeEvent;
import ghidanh.event.Entity;
import ghidanh.event.EventJson;
import ghidanh.event.Headers;
import ghidanh.servers.DeadlySockets;
import ghidanh.servers.TestServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

class OutboxRelayIT {

    private static final TestServers SERVERS = TestServers.shared();
    private static final String KAFKA = SERVERS.kafka().bootstrapServers();
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private final TestShard shard = TestShard.on(SERVERS.shard("5433"));
    private final TestTopic topic = new TestTopic(KAFKA, shard);

    @AfterEach
    void closeTopic() {
        topic.close();
    }

    @Test
    void every_row_arrives_with_key_value_and_stamps_and_leaves_an_empty_outbox() {
        shard.jdbc().sql("""
                        insert into outbox (entity, entity_id, traceparent, actor)
                        values ('student', 1, :trace, 'registrar:Lân'),
                               ('section', 2, null, null),
                               ('registration', 3, repeat('x', 56), repeat('x', 301))
                        """).param("trace", TRACE).update();
        List<Long> commits = shard
                .jdbc()
                .sql("select pg_xact_commit_timestamp(xmin) from outbox order by id")
                .query(OffsetDateTime.class)
                .list()
                .stream()
                .map(time -> micros(time.toInstant()))
                .toList();

        try (TestInstance instance = new TestInstance(shard, KAFKA).start()) {
            assertThat(topic.await(3))
                    .extracting(TestTopic::key)
                    .containsExactlyInAnyOrder("student:1", "section:2", "registration:3");
            assertArrived(topic.first("student:1"), new ChangeEvent(shard.name(), Entity.STUDENT, 1), commits.get(0));
            assertArrived(topic.first("section:2"), new ChangeEvent(shard.name(), Entity.SECTION, 2), commits.get(1));
            assertArrived(
                    topic.first("registration:3"),
                    new ChangeEvent(shard.name(), Entity.REGISTRATION, 3),
                    commits.get(2));
            assertThat(header(topic.first("student:1"), Headers.TRACEPARENT)).isEqualTo(TRACE);
            assertThat(header(topic.first("section:2"), Headers.TRACEPARENT)).isNull();
            assertThat(header(topic.first("registration:3"), Headers.TRACEPARENT))
                    .as("what cannot be a trace context")
                    .isNull();
            assertThat(header(topic.first("student:1"), Headers.ACTOR)).isEqualTo("registrar:Lân");
            assertThat(header(topic.first("section:2"), Headers.ACTOR)).isNull();
            assertThat(header(topic.first("registration:3"), Headers.ACTOR)).hasSize(300);
            await().until(() -> shard.outboxRows() == 0);
            assertThat(instance.registry
                            .get("registration.relay.publish")
                            .tag("result", "acknowledged")
                            .timer()
                            .count())
                    .isEqualTo(3);
            assertThat(instance.registry
                            .get("registration.relay.exact.commits")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            assertThat(instance.registry
                            .find("kafka.producer.record.send.total")
                            .meter())
                    .isNotNull();
        }
    }

    @Test
    void an_error_does_not_end_the_relay() {
        try (TestInstance instance = new TestInstance(shard, KAFKA).start()) {
            await().until(instance::leads);

            DeadlySockets.kill("relay-" + shard.name());

            await().until(() -> instance.loops.health().getStatus().equals(Status.DOWN));
            assertThat(instance.loops.health().getDetails().toString())
                    .contains("relay-" + shard.name(), DeadlySockets.MESSAGE);
            shard.jdbc()
                    .sql("insert into outbox (entity, entity_id) values ('student', 1)")
                    .update();
            assertThat(topic.await(1)).extracting(TestTopic::key).contains("student:1");
            instance.now.updateAndGet(then -> then.plusSeconds(11));
            assertThat(instance.loops.health().getStatus()).isEqualTo(Status.UP);
        }
    }

    private static void assertArrived(ConsumerRecord<byte[], byte[]> event, ChangeEvent expected, long committed) {
        assertThat(EventJson.read(event.value())).isEqualTo(expected);
        long claimed = Long.parseLong(String.valueOf(header(event, Headers.CLAIMED)));
        assertThat(header(event, Headers.COMMITTED)).isEqualTo(String.valueOf(committed));
        assertThat(claimed).isBetween(committed, micros(Instant.now()));
        assertThat(Long.parseLong(String.valueOf(header(event, Headers.SENT))))
                .isBetween(claimed, micros(Instant.now()));
    }

    private static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    @Test
    void a_backlog_larger_than_a_batch_arrives_once_and_in_order_per_key() {
        shard.jdbc().sql("""
                        insert into outbox (entity, entity_id, traceparent)
                        select 'registration', n % 50, lpad(n::text, 55, '0') from generate_series(1, 10000) n
                        """).update();

        try (TestInstance instance = new TestInstance(shard, KAFKA, "batch-size", "300").start()) {
            topic.await(10_000);
            await().until(() -> shard.outboxRows() == 0);

            for (int id = 0; id < 50; id++) {
                assertThat(topic.of("registration:" + id).map(event -> header(event, Headers.TRACEPARENT)))
                        .as("events of registration %d", id)
                        .hasSize(200)
                        .isSorted();
            }
            assertThat(instance.registry
                            .get("registration.relay.batch")
                            .summary()
                            .max())
                    .isEqualTo(300);
        }
    }

    @Test
    void a_row_that_commits_after_a_later_one_is_not_skipped() throws SQLException {
        try (Connection slow = shard.connect();
                Statement statement = slow.createStatement();
                TestInstance instance = new TestInstance(
                                shard, KAFKA, "look-back", "0ms", "full-look-interval", "200ms", "batch-size", "100")
                        .start()) {
            slow.setAutoCommit(false);
            statement.execute("insert into outbox (entity, entity_id) values ('registration', 1)");
            shard.insert(2, 2);
            topic.awaitRegistrations(2, 2);
            await().until(() -> shard.outboxRows() == 0);

            slow.commit();

            topic.awaitRegistrations(1, 1);
            await().until(() -> shard.outboxRows() == 0);
            assertThat(instance.leadershipsLost()).isZero();
        }
    }

    @Test
    void many_rows_that_commit_late_do_not_wait_for_a_full_look_per_batch() throws SQLException {
        try (Connection slow = shard.connect();
                Statement statement = slow.createStatement();
                TestInstance instance = new TestInstance(
                                shard, KAFKA, "look-back", "0ms", "full-look-interval", "5s", "batch-size", "100")
                        .start()) {
            slow.setAutoCommit(false);
            statement.execute(
                    "insert into outbox (entity, entity_id) select 'registration', n from generate_series(1, 2000) n");
            shard.insert(2001, 2001);
            topic.awaitRegistrations(2001, 2001);

            slow.commit();

            // Twenty batches; a full look for each would take 100 s.
            await().atMost(Duration.ofSeconds(30)).until(() -> shard.outboxRows() == 0);
            topic.awaitRegistrations(1, 2000);
            assertThat(instance.leadershipsLost()).isZero();
        }
    }

    @Test
    void the_doorbell_wakes_a_relay_that_would_poll_much_later() {
        try (TestInstance instance =
                new TestInstance(shard, KAFKA, "poll-interval", "1m", "session-timeout", "2m").start()) {
            await().until(() -> instance.emptyLooks() > 0);
            shard.insert(1, 1);

            instance.doorbell.ring(shard.name());

            await().atMost(Duration.ofSeconds(20)).until(() -> shard.outboxRows() == 0);
            topic.awaitRegistrations(1, 1);
        }
    }

    @Test
    void what_plain_sql_writes_is_found_by_polling() {
        try (TestInstance instance = new TestInstance(shard, KAFKA).start()) {
            await().until(() -> instance.emptyLooks() > 0);
            shard.jdbc().sql("""
                    with u as (insert into universities values (1, 'A', 'public') returning u_id)
                    insert into students (u_id, fname, lname) select u_id, 'Đức', 'Nguyễn' from u
                    """).update();

            assertThat(key(topic.await(1).get(0))).isEqualTo("student:1");
            await().until(() -> shard.outboxRows() == 0);
        }
    }

    @Test
    void a_crash_between_acknowledgement_and_delete_sends_again() throws SQLException {
        shard.insert(1, 1);
        try (Connection blocker = shard.connect();
                Statement statement = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            statement.execute("select from outbox for update");

            try (TestInstance instance = new TestInstance(shard, KAFKA).start()) {
                topic.await(1);
                await().until(shard::relayWaitsForARowLock);
                assertThat(shard.killLeader()).isTrue();
                await().until(() -> instance.leadershipsLost() == 1);
                blocker.rollback();

                assertThat(topic.await(2)).extracting(TestTopic::key).containsOnly("registration:1");
                await().until(() -> shard.outboxRows() == 0);
            }
        }
    }

    @Test
    void a_relay_waits_for_the_migration_that_makes_the_outbox() {
        TestShard empty = TestShard.withoutSchema(SERVERS.shard("5433"));
        try (TestInstance instance = new TestInstance(empty, KAFKA, "max-retry", "200ms").start();
                TestTopic events = new TestTopic(KAFKA, empty)) {
            await().untilAsserted(() ->
                    assertThat(instance.health().getDetails().toString()).contains("no outbox yet"));

            empty.migrate();
            empty.insert(1, 1);

            events.awaitRegistrations(1, 1);
            await().until(() -> !instance.isOutOfService());
            assertThat(instance.leadershipsLost()).isZero();
        }
    }
}
