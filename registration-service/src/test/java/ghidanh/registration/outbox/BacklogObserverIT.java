package ghidanh.registration.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.database.Connections;
import ghidanh.servers.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BacklogObserverIT {

    private static final TestServers SERVERS = TestServers.shared();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void backlog_and_age_are_those_of_the_outbox_and_unknown_when_it_cannot_be_asked() {
        TestShard shard = TestShard.withoutSchema(SERVERS.shard("5433"));
        BacklogObserver observer = new BacklogObserver(
                new Connections("registration-service", registry),
                shard.catalogue(),
                TestInstance.settings("observe-interval", "50ms"),
                registry);
        observer.start();
        try {
            assertThat(backlog()).isNaN();
            assertThat(oldestAge()).isNaN();

            shard.migrate();
            await().until(() -> backlog() == 0 && oldestAge() == 0);

            shard.jdbc().sql("""
                    insert into outbox (entity, entity_id, created_at)
                    values ('student', 1, now() - interval '1 hour'), ('student', 2, now())
                    """).update();
            await().until(() -> backlog() == 2 && oldestAge() >= 3600 && oldestAge() < 3660);

            shard.jdbc().sql("alter table outbox rename to away").update();
            await().until(() -> Double.isNaN(backlog()) && Double.isNaN(oldestAge()));
        } finally {
            observer.stop();
        }
        assertThat(backlog()).isNaN();
    }

    private double backlog() {
        return registry.get("registration.outbox.backlog").gauge().value();
    }

    private double oldestAge() {
        return registry.get("registration.outbox.oldest.age").timeGauge().value(TimeUnit.SECONDS);
    }
}
