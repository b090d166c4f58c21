package ghidanh.sync.master;

import java.sql.Connection;
import java.sql.SQLException;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Down while the master cannot be reached or is not set up; part of readiness. */
@Component("master")
class MasterHealthIndicator implements HealthIndicator {

    private final MasterDatabase master;
    private final MasterSetup setup;

    MasterHealthIndicator(MasterDatabase master, MasterSetup setup) {
        this.master = master;
        this.setup = setup;
    }

    @Override
    public Health health() {
        if (!setup.isComplete()) {
            return Health.down().withDetail("setup", setup.state()).build();
        }
        try (Connection session = master.general().getConnection()) {
            return session.isValid(2) ? Health.up().build() : Health.down().build();
        } catch (SQLException e) {
            return Health.down(e).build();
        }
    }
}
