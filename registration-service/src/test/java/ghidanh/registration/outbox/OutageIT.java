package ghidanh.registration.outbox;

import static ghidanh.registration.outbox.TestTopic.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.KafkaBroker;
import ghidanh.embedded.KafkaSettings;
import ghidanh.embedded.Ports;
import ghidanh.embedded.PostgresCluster;
import ghidanh.embedded.PostgresSettings;
import ghidanh.event.Headers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutageIT {

    private static final EmbeddedStack STACK = EmbeddedStack.forTests();
    private static final String[] IMPATIENT = {
        "session-timeout", "2s", "election-interval", "200ms", "delivery-timeout", "2s", "max-retry", "500ms"
    };

    @Test
    void rows_wait_for_an_absent_broker_and_all_arrive_when_it_is_back(@TempDir Path directory) {
        TestShard shard = TestShard.on(STACK.shard("5433"));
        try (KafkaBroker broker = new KafkaBroker(KafkaSettings.in(directory).withPort(Ports.free())).start()) {
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
    void a_relay_that_starts_before_the_broker_catches_up_when_it_comes(@TempDir Path directory) {
        TestShard shard = TestShard.on(STACK.shard("5433"));
        shard.insert(1, 100);
        int port = Ports.free();
        try (TestInstance instance = new TestInstance(shard, "localhost:" + port, IMPATIENT).start()) {
            await().atMost(Duration.ofSeconds(20)).until(instance::isOutOfService);

            try (KafkaBroker broker =
                            new KafkaBroker(KafkaSettings.in(directory).withPort(port)).start();
                    TestTopic topic = new TestTopic(broker.bootstrapServers(), shard)) {
                topic.awaitRegistrations(1, 100);
                await().until(() -> !instance.isOutOfService());
                assertThat(shard.outboxRows()).isZero();
            }
        }
    }

    @Test
    void a_relay_returns_to_a_shard_that_crashed(@TempDir Path directory) {
        try (PostgresCluster cluster =
                new PostgresCluster(PostgresSettings.in(directory).withPort(Ports.free())).start()) {
            TestShard shard = TestShard.on(cluster);
            String kafka = STACK.kafka().bootstrapServers();
            try (TestInstance instance = new TestInstance(shard, kafka, IMPATIENT).start();
                    TestTopic topic = new TestTopic(kafka, shard)) {
                shard.insert(1, 10);
                topic.awaitRegistrations(1, 10);

                cluster.stop(PostgresCluster.StopMode.IMMEDIATE);
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
