package ghidanh.registration.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.database.Connections;
import ghidanh.loop.Loops;
import ghidanh.registration.write.Doorbell;
import ghidanh.servers.TestServers;
import ghidanh.shard.ShardCatalogue;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class RelayConfigurationIT {

    private static final TestServers SERVERS = TestServers.shared();

    private final TestShard shard = TestShard.on(SERVERS.shard("5433"));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(KafkaAutoConfiguration.class))
            .withUserConfiguration(RelayConfiguration.class)
            .withBean(ShardCatalogue.class, shard::catalogue)
            .withBean(SimpleMeterRegistry.class, () -> registry)
            .withBean(Loops.class, Loops::new)
            .withBean(Doorbell.class, Doorbell::new)
            .withBean(Connections.class, () -> new Connections("registration-service", registry))
            .withPropertyValues(
                    "spring.kafka.bootstrap-servers=" + SERVERS.kafka().bootstrapServers());

    @Test
    void the_application_relays_while_it_runs_and_frees_the_shard_when_it_stops() {
        // Silence ends no session of it before the test is over.
        context.withPropertyValues("ghidanh.relay.session-timeout=2m").run(running -> {
            CompositeHealthContributor relay =
                    running.getBean("relayHealthContributor", CompositeHealthContributor.class);
            await().until(() -> String.valueOf(health(relay)).contains("role=leading"));

            shard.insert(1, 1);
            running.getBean(Doorbell.class).ring(shard.name());

            await().until(() -> shard.outboxRows() == 0);
            assertThat(registry.getMeters())
                    .extracting(Meter::getId)
                    .extracting(Meter.Id::getName)
                    .contains(
                            "registration.relay.leader",
                            "registration.relay.poll",
                            "registration.relay.batch",
                            "registration.relay.publish",
                            "registration.relay.leadership.lost",
                            "registration.relay.exact.commits");
            assertThat(registry.get("registration.relay.leader").gauge().value())
                    .isEqualTo(1);
        });

        try (RelaySession next = shard.relaySession(TestInstance.settings(), Duration.ofSeconds(5))) {
            await().until(next::tryLead);
        }
        assertThat(registry.get("registration.relay.leader").gauge().value()).isZero();
    }

    private @Nullable Health health(CompositeHealthContributor relay) {
        return relay.getContributor(shard.name()) instanceof HealthIndicator indicator ? indicator.health() : null;
    }

    @Test
    void an_instance_can_leave_relaying_to_others() {
        context.withPropertyValues("ghidanh.relay.enabled=false").run(running -> {
            assertThat(running.getBean(Relays.class).isRunning()).isFalse();
        });
    }

    @Test
    void a_setting_that_cannot_work_stops_the_start() {
        context.withPropertyValues("ghidanh.relay.poll-interval=8s")
                .run(failed -> assertThat(failed)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("must not exceed half of ghidanh.relay.session-timeout"));
        context.withPropertyValues("ghidanh.relay.batch-size=0")
                .run(failed -> assertThat(failed).getFailure().rootCause().hasMessageContaining("batchSize"));
    }
}
