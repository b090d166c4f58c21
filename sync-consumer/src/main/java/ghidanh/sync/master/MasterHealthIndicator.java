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
        if (!setup.isComplete()) {
            return Health.down().withDetail("setup", setup.state()).build();
        }
        try {
            return setup.hasSchema()
                    ? Health.up().build()
                    : Health.down().withDetail("setup", "it is empty").build();
        } catch (DataAccessException e) {
            return Health.down(e).build();
        }
    }
}
