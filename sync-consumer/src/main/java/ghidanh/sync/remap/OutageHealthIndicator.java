package ghidanh.sync.remap;

import java.util.Map;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Out of service while a shard cannot be synced. In no probe: a restart of this service would not help. */
@Component("outages")
class OutageHealthIndicator implements HealthIndicator {

    private final ShardSyncs syncs;

    OutageHealthIndicator(ShardSyncs syncs) {
        this.syncs = syncs;
    }

    @Override
    public Health health() {
        Health.Builder health = Health.up();
        for (ShardSync sync : syncs.running()) {
            sync.outage()
                    .trouble()
                    .ifPresent(trouble -> health.outOfService()
                            .withDetail(
                                    sync.shard(),
                                    Map.of("since", trouble.since().toString(), "message", trouble.message())));
        }
        return health.build();
    }
}
