package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.servers.DeadlySockets;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.JsonNode;

/** What becomes of the loops of a running consumer when an {@code Error} ends what they do. */
class LoopDeathIT {

    private static final String SHARD = "mortal";

    // Death is seen for this long: until the next run.
    private static final String PAUSE = "1s";

    private static ConfigurableApplicationContext consumer;
    private static Rest rest;
    private static volatile boolean brokerIsDeadly = true;

    /** Named to Spring as a source of beans. */
    static final class DeadlyMeters {

        /** The observer of the broker has no database to die at, but it makes meters when it first hears of topics. */
        @Bean
        static MeterFilter deadly() {
            return new MeterFilter() {
                @Override
                public Meter.Id map(Meter.Id id) {
                    if (brokerIsDeadly && Thread.currentThread().getName().equals("observer-broker")) {
                        throw new Error(DeadlySockets.MESSAGE);
                    }
                    return id;
                }
            };
        }
    }

    @BeforeAll
    static void start() {
        Map<String, Object> settings = new OwnMaster("master_of_mortals").settings();
        settings.computeIfPresent("ghidanh.master.url", (name, url) -> DeadlySockets.url((String) url));
        String url = SyncStack.SERVERS.shard("5433").jdbcUrl(SHARD);
        settings.put("ghidanh.shards." + SHARD + ".url", DeadlySockets.url(url));
        settings.put("ghidanh.sync.master.retry-interval", PAUSE);
        settings.put("ghidanh.sync.observe.interval", PAUSE);
        settings.put("ghidanh.sync.sweep.interval", PAUSE);
        settings.put("ghidanh.sync.drift.interval", PAUSE);
        settings.put("ghidanh.sync.jobs.heartbeat", PAUSE);
        settings.put("spring.main.sources", DeadlyMeters.class.getName());
        consumer = SyncStack.startReadyConsumer(List.of(SHARD), settings);
        rest = Rest.of(consumer);
    }

    @AfterAll
    static void stop() {
        consumer.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "observer-master",
                "observer-mortal",
                "sweeper-mortal",
                "job-heartbeat",
                "drift-schedule",
                "master-setup"
            })
    void a_loop_that_dies_is_seen_in_health_and_goes_on(String loop) {
        DeadlySockets.kill(loop);
        isSeenDeadAndThenAlive(loop);

        // It asks its database again: there it dies once more.
        DeadlySockets.kill(loop);
        isSeenDeadAndThenAlive(loop);
        await().atMost(Jobbing.SOON)
                .until(() -> rest.get("/actuator/health/readiness").status() == 200);
    }

    @Test
    void the_observer_of_the_broker_goes_on_and_has_lost_no_meter() {
        await().atMost(Jobbing.SOON).until(() -> isDead("observer-broker"));
        MeterRegistry meters = consumer.getBean(MeterRegistry.class);
        assertThat(meters.find("registration.consumer.group.lag").gauges()).isEmpty();

        brokerIsDeadly = false;

        await().atMost(Jobbing.SOON).until(() -> isAlive("observer-broker"));
        assertThat(meters.find("registration.consumer.group.lag").gauges()).hasSize(3);
        assertThat(meters.find("registration.dlt.depth").gauges()).hasSize(1);
    }

    private static void isSeenDeadAndThenAlive(String loop) {
        await().atMost(Jobbing.SOON).until(() -> isDead(loop));
        assertThat(health().path("status").asString()).isEqualTo("DOWN");
        assertThat(rest.get("/actuator/health/liveness").status()).isEqualTo(200);
        await().atMost(Jobbing.SOON).until(() -> isAlive(loop));
    }

    private static boolean isDead(String loop) {
        String error = "java.lang.Error: " + DeadlySockets.MESSAGE;
        return state(loop).path("error").asString("").equals(error);
    }

    private static boolean isAlive(String loop) {
        return state(loop).asString("").equals("running");
    }

    private static JsonNode state(String loop) {
        return health().path("details").path(loop);
    }

    private static JsonNode health() {
        return rest.get("/actuator/health/loops").body();
    }
}
