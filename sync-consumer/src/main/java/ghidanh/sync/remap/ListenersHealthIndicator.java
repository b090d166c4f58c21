package ghidanh.sync.remap;

import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.stereotype.Component;

/**
 * Down when a listener has stopped by itself: an {@code Error} ends its thread, and only a restart brings it back, so this
 * is part of liveness. An outage is told in {@code outages}, not here.
 */
@Component("listeners")
class ListenersHealthIndicator implements HealthIndicator {

    private final ShardSyncs syncs;

    ListenersHealthIndicator(ShardSyncs syncs) {
        this.syncs = syncs;
    }

    @Override
    public Health health() {
        Health.Builder health = Health.up();
        for (ShardSync sync : syncs.running()) {
            List<? extends MessageListenerContainer> threads = sync.container().getContainers();
            long dead = Stream.concat(Stream.of(sync.container()), threads.stream())
                    .filter(container -> !container.isRunning())
                    .count();
            if (dead > 0) {
                health.down();
            }
            health.withDetail(sync.shard(), dead > 0 ? "stopped by an error, see the log" : "listening");
        }
        return health.build();
    }
}
