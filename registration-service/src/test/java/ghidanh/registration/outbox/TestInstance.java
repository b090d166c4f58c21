package ghidanh.registration.outbox;

import ghidanh.database.Connections;
import ghidanh.event.TopicSettings;
import ghidanh.loop.Loops;
import ghidanh.registration.outbox.RelayState.Role;
import ghidanh.registration.write.Doorbell;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** One instance of the service, as far as the relay of one shard goes. */
final class TestInstance implements AutoCloseable {

    final Doorbell doorbell = new Doorbell();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    final Loops loops = new Loops(now::get);
    private final Relays relays;

    /** @param settings names and values alternating, over the defaults */
    TestInstance(TestShard shard, String bootstrapServers, String... settings) {
        Map<String, Object> kafka = Map.of("bootstrap.servers", bootstrapServers);
        relays = new Relays(
                shard.catalogue(),
                new Connections("registration-service", registry),
                settings(settings),
                new KafkaAccess(kafka, kafka),
                new TopicSettings(3, (short) 1),
                doorbell,
                registry,
                Clock.systemUTC(),
                loops);
    }

    static RelaySettings settings(String... settings) {
        Map<String, String> properties = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            properties.put("relay." + settings[i], settings[i + 1]);
        }
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("relay", Bindable.of(RelaySettings.class));
    }

    TestInstance start() {
        relays.start();
        return this;
    }

    Role role() {
        return relays.states().get(0).view().role();
    }

    boolean leads() {
        return role() == Role.LEADING;
    }

    Health health() {
        return relays.states().get(0).health();
    }

    boolean isOutOfService() {
        return health().getStatus().equals(Status.OUT_OF_SERVICE);
    }

    /** What holds the rows, as health tells it; empty if nothing does. */
    String trouble() {
        return String.valueOf(health().getDetails().getOrDefault("trouble", ""));
    }

    /** Looks at the outbox that found nothing; after the first, what is written then is found by a later look only. */
    long emptyLooks() {
        return registry.get("registration.relay.poll")
                .tag("outcome", "empty")
                .timer()
                .count();
    }

    double leadershipsLost() {
        return registry.get("registration.relay.leadership.lost").counter().count();
    }

    @Override
    public void close() {
        relays.stop();
    }
}
