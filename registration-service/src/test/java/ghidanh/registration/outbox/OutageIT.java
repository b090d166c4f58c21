package ghidanh.registration.outbox;

import static ghidanh.registration.outbox.TestTopic.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.embedded.PostgresCluster.StopMode;
import ghidanh.event.Headers;
import ghidanh.servers.KafkaServer;
import ghidanh.servers.PostgresServer;
import ghidanh.servers.TestServers;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutageIT {

    private static final TestServers SERVERS = TestServers.shared();
    private static final String[] IMPATIENT = {
        "session-timeout", "2s", "election-interval", "200ms", "delivery-timeout", "2s", "max-retry", "500ms"
    };

    @Test
    void rows_wait_for_an_absent_broker_and_all_arrive_when_it_is_back() {
        TestShard shard = TestShard.on(SERVERS.shard("5433"));
        try (KafkaServer broker = TestServers.oneKafka()) {
            broker.start();
            String kafka = broker.bootstrapServers();
            try (TestInstance instance = new TestInstance(shard, kafka, IMPATIENT).start()) {
                shard.insert(1, 10);
                await().until(() -> shard.outboxRows() == 0);

                broker.stop();
                shard.jdbc().sql("""
                                insert into outbox (entity, entity_id, traceparent)
                                select 'registration', 11 + n % 990, lpad(n::text, 55, '0') from generate_series(1, 5000) n
                                """).update();

                await().atMost(Duration.ofSeconds(20)).until(instance::isOutOfService);
                assertThat(instance.trouble()).contains("acknowledged");
                assertThat(shard.outboxRows()).isEqualTo(5000);
                assertThat(instance.leads()).as("still leads").isTrue();

                broker.start();

                await().atMost(Duration.ofSeconds(20)).until(() -> shard.outboxRows() == 0);
                await().until(() -> !instance.isOutOfService());
                assertThat(instance.leadershipsLost()).isZero();
            }
            try (TestTopic topic = new TestTopic(kafka, shard)) {
                topic.awaitRegistrations(1, 1000);
                topic.await(5010);
                for (int id = 11; id <= 1000; id++) {
                    int n = id - 11;
                    String last = String.valueOf(n + (5000 - n) / 990 * 990);
                    assertThat(topic.of("registration:" + id)
                                    .map(event -> header(event, Headers.TRACEPARENT))
                                    .reduce((before, after) -> after))
                            .as("the last event of registration %d", id)
                            .hasValueSatisfying(trace -> assertThat(trace).endsWith("0" + last));
                }
            }
        }
    }

    @Test
    void a_relay_that_starts_before_the_broker_catches_up_when_it_comes() {
        TestShard shard = TestShard.on(SERVERS.shard("5433"));
        shard.insert(1, 100);
        try (KafkaServer broker = TestServers.oneKafka();
                TestInstance instance = new TestInstance(shard, broker.bootstrapServers(), IMPATIENT).start()) {
            await().atMost(Duration.ofSeconds(20)).until(instance::isOutOfService);

            broker.start();
            try (TestTopic topic = new TestTopic(broker.bootstrapServers(), shard)) {
                topic.awaitRegistrations(1, 100);
                await().until(() -> !instance.isOutOfService());
                assertThat(shard.outboxRows()).isZero();
            }
        }
    }

    @Test
    void a_relay_returns_to_a_shard_that_crashed() {
        try (PostgresServer cluster = TestServers.onePostgres(Map.of())) {
            cluster.start();
            TestShard shard = TestShard.on(cluster);
            String kafka = SERVERS.kafka().bootstrapServers();
            try (TestInstance instance = new TestInstance(shard, kafka, IMPATIENT).start();
                    TestTopic topic = new TestTopic(kafka, shard)) {
                shard.insert(1, 10);
                topic.awaitRegistrations(1, 10);

                cluster.stop(StopMode.IMMEDIATE);
                await().until(instance::isOutOfService);
                assertThat(instance.leads()).isFalse();
                assertThat(instance.leadershipsLost()).isEqualTo(1);

                cluster.start();
                shard.insert(11, 20);
                topic.awaitRegistrations(11, 20);
                await().until(() -> !instance.isOutOfService() && shard.outboxRows() == 0);
            }
        }
    }
}
