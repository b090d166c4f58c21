package ghidanh.sync.remap;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
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
            if (!sync.isListening()) {
                health.down();
            }
            health.withDetail(sync.shard(), sync.isListening() ? "listening" : "stopped by an error, see the log");
        }
        return health.build();
    }
}
