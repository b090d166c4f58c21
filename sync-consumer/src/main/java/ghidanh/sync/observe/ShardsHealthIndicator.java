package ghidanh.sync.observe;

import java.util.Map;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Out of service while a shard cannot be measured, also when no event asks for it: a shard that is away without events has no
 * outage yet. In no probe, as {@code outages}.
 */
@Component("shards")
class ShardsHealthIndicator implements HealthIndicator {

    private final Observers observers;

    ShardsHealthIndicator(Observers observers) {
        this.observers = observers;
    }

    @Override
    public Health health() {
        Health.Builder health = Health.up();
        for (ShardObserver shard : observers.shards()) {
            shard.failure()
                    .ifPresent(failure -> health.outOfService()
                            .withDetail(
                                    shard.shard().name(),
                                    Map.of("since", failure.since().toString(), "message", failure.message())));
        }
        return health.build();
    }
}
