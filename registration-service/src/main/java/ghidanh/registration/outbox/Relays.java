package ghidanh.registration.outbox;

import ghidanh.database.Connections;
import ghidanh.event.TopicSettings;
import ghidanh.loop.LoopGroup;
import ghidanh.loop.Loops;
import ghidanh.registration.write.Doorbell;
import ghidanh.shard.Shard;
import ghidanh.shard.ShardCatalogue;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** A relay per shard. Starts before the web server and stops after it: what that wrote last still finds its relay. */
class Relays extends LoopGroup {

    private final boolean enabled;
    private final List<RelayState> states = new ArrayList<>();

    Relays(
            ShardCatalogue shards,
            Connections connections,
            RelaySettings settings,
            KafkaAccess kafka,
            TopicSettings topics,
            Doorbell doorbell,
            MeterRegistry registry,
            Clock clock,
            Loops loops) {
        super(0, settings.stopTimeout());
        this.enabled = settings.enabled();
        for (Shard shard : shards.all()) {
            var state = new RelayState(shard.name(), clock);
            var metrics = new RelayMetrics(registry, state);
            var publisher = new EventPublisher(shard.name(), kafka, topics, settings, metrics);
            states.add(state);
            add(loops.lasting(
                    "relay",
                    shard.name(),
                    new RelayLoop(connections, shard, settings, publisher, doorbell, metrics, state)));
        }
        RelayMetrics.exactCommits(registry, states);
    }

    List<RelayState> states() {
        return List.copyOf(states);
    }

    @Override
    public boolean isAutoStartup() {
        return enabled;
    }
}
