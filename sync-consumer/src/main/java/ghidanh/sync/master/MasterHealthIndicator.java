package ghidanh.sync.master;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Down while the master cannot be reached or is not set up; part of readiness. */
@Component("master")
class MasterHealthIndicator implements HealthIndicator {

    private final MasterSetup setup;

    MasterHealthIndicator(MasterSetup setup) {
        this.setup = setup;
    }

    @Override
    public Health health() {
        try {
            // Asked first: while an empty one is set up, its first table is there before the setup is complete again.
            boolean hasSchema = setup.isComplete() && setup.hasSchema();
            if (!setup.isComplete()) {
                return Health.down().withDetail("setup", setup.state()).build();
            }
            return hasSchema
                    ? Health.up().build()
                    : Health.down().withDetail("setup", "it is empty").build();
        } catch (DataAccessException e) {
            return Health.down(e).build();
        }
    }
}
