package ghidanh.registration.outbox;

import java.util.Locale;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * OUT_OF_SERVICE while rows of a shard cannot leave its outbox. Registrations go on meanwhile, so readiness must not depend
 * on it.
 */
class RelayHealth implements HealthIndicator {

    private final RelayState state;

    RelayHealth(RelayState state) {
        this.state = state;
    }

    @Override
    public Health health() {
        RelayState.View view = state.view();
        Health.Builder health = new Health.Builder()
                .withDetail("role", view.role().name().toLowerCase(Locale.ROOT))
                .withDetail("since", view.since());
        if (view.trouble() != null) {
            return health.status(Status.OUT_OF_SERVICE)
                    .withDetail("trouble", view.trouble())
                    .build();
        }
        return health.status(view.role() == RelayState.Role.AWAY ? Status.UNKNOWN : Status.UP)
                .build();
    }
}
