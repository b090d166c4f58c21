package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.embedded.PostgresCluster.StopMode;
import ghidanh.event.Entity;
import ghidanh.servers.KafkaServer;
import ghidanh.servers.PostgresServer;
import ghidanh.servers.TestServers;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One consumer, whose master and Kafka come and go; its tests are steps of one story. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MasterAndKafkaOutageIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String SHARD = "lonely";

    private static PostgresServer master;
    private static KafkaServer kafka;
    private static ConfigurableApplicationContext consumer;
    private static Rest rest;

    @BeforeAll
    static void startConsumerAlone() {
        SyncStack.makeShard(SHARD);
        master = TestServers.onePostgres(Map.of());
        // Made once, so that its port and password are known, then down when the service starts.
        master.start();
        master.createDatabaseIfMissing(TestServers.DATABASE);
        String url = master.jdbcUrl(TestServers.DATABASE);
        master.stop(StopMode.FAST);
        kafka = TestServers.oneKafka();
        consumer = SyncStack.startConsumer(
                List.of(SHARD),
                Map.of(
                        "ghidanh.master.url",
                        url,
                        "ghidanh.master.username",
                        master.user(),
                        "ghidanh.master.password",
                        master.password(),
                        "spring.kafka.bootstrap-servers",
                        kafka.bootstrapServers(),
                        "ghidanh.sync.sweep.interval",
                        "1s",
                        "ghidanh.sync.sweep.settle",
                        "2s"));
        rest = Rest.of(consumer);
    }

    @AfterAll
    static void stopAll() {
        consumer.close();
        kafka.close();
        master.close();
    }

    @Test
    @Order(1)
    void the_service_starts_without_master_and_kafka_and_says_what_it_waits_for() {
        assertThat(rest.get("/actuator/health/liveness").status()).isEqualTo(200);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                rest.get("/actuator/health/master").body().toString())
                        .contains("ghidanh.master", "refused"));
        assertThat(rest.get("/actuator/health/readiness").status()).isEqualTo(503);

        Rest.Answer sync = rest.post("/api/sync", "");
        assertThat(sync.status()).isEqualTo(503);
        assertThat(sync.body().path("code").stringValue()).isEqualTo("MASTER_UNAVAILABLE");
        assertThat(sync.http().headers().firstValue("Retry-After")).isPresent();

        Rest.Answer letters = rest.get("/api/dead-letters?shard=lonely");
        assertThat(letters.status()).isEqualTo(503);
        assertThat(letters.body().path("code").stringValue()).isEqualTo("KAFKA_UNAVAILABLE");
    }

    @Test
    @Order(2)
    void with_the_master_there_and_kafka_still_away_the_sweeper_carries_the_rows() {
        master.start();
        long regId = SyncStack.newRegistration(SHARD);

        await().atMost(SOON).until(() -> SyncStack.isMarked(SHARD, regId));
        assertThat(isOnMaster(regId)).isTrue();
        assertThat(rest.get("/actuator/health/readiness").status()).isEqualTo(200);
    }

    @Test
    @Order(3)
    void once_kafka_is_there_events_flow() {
        kafka.start();

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                rest.get("/api/dead-letters?shard=lonely").status())
                        .isEqualTo(200));
        awaitListener();
        long regId = SyncStack.newRegistration(SHARD);
        try (var events = new EventSender(kafka.bootstrapServers())) {
            events.send(SHARD, Entity.REGISTRATION, regId);
        }
        // The row the sweeper may bring as well; the event only the listener can count.
        await().atMost(SOON)
                .until(() -> consumer.getBean(MeterRegistry.class).find("registration.sync.events").counters().stream()
                                .mapToDouble(Counter::count)
                                .sum()
                        >= 1);
        assertThat(isOnMaster(regId)).isTrue();
    }

    @Test
    @Order(4)
    void a_master_that_went_away_gets_everything_when_it_is_back() {
        awaitListener();
        master.stop(StopMode.IMMEDIATE);
        List<Long> regIds = List.of(
                SyncStack.newRegistration(SHARD), SyncStack.newRegistration(SHARD), SyncStack.newRegistration(SHARD));
        try (var events = new EventSender(kafka.bootstrapServers())) {
            regIds.forEach(regId -> events.send(SHARD, Entity.REGISTRATION, regId));
        }
        await().atMost(SOON)
                .until(() -> rest.get("/actuator/health/outages")
                        .body()
                        .path("details")
                        .has(SHARD));

        master.start();

        await().atMost(SOON).until(() -> regIds.stream().allMatch(regId -> SyncStack.isMarked(SHARD, regId)));
        assertThat(regIds).allMatch(MasterAndKafkaOutageIT::isOnMaster);
        assertThat(rest.get("/api/dead-letters?shard=lonely")
                        .body()
                        .path("deadLetters")
                        .size())
                .isZero();
        assertThat(rest.get("/actuator/health/liveness").status()).isEqualTo(200);
    }

    @Test
    @Order(5)
    void what_only_the_broker_knows_is_unknown_while_it_is_away() {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(brokerGauges()).hasSize(2).doesNotContain(Double.NaN));

        kafka.stop();

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(brokerGauges()).hasSize(2).containsOnly(Double.NaN));
    }

    private static void awaitListener() {
        await().atMost(SOON)
                .until(() -> rest.get("/actuator/health/listeners")
                        .body()
                        .path("details")
                        .has(SHARD));
    }

    /** The lag of the first partition and the depth of the dead letter topic, those that are there. */
    private static List<Double> brokerGauges() {
        MeterRegistry meters = consumer.getBean(MeterRegistry.class);
        return Stream.of(
                        meters.find("registration.consumer.group.lag")
                                .tag("partition", "0")
                                .gauge(),
                        meters.find("registration.dlt.depth").gauge())
                .flatMap(Stream::ofNullable)
                .map(Gauge::value)
                .toList();
    }

    private static boolean isOnMaster(long regId) {
        return JdbcClient.create(master.dataSource(TestServers.DATABASE))
                        .sql("select count(*) from registrations where shard_name = 'lonely' and shard_reg_id = ?")
                        .param(regId)
                        .query(Long.class)
                        .single()
                == 1;
    }
}
