package ghidanh.sync.master;

import ghidanh.database.Patience;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How patient this service is with the master, and with the shards behind it.
 *
 * @param connectTimeout longest wait for a session; what a request waits while the master is down
 * @param statementTimeout longest statement of the sync; on a frozen shard the session comes back 30 s after this, when
 *     postgres_fdw gives up cancelling
 * @param lockTimeout longest wait for another session's lock
 * @param socketTimeout when the driver gives up on a silent master; must leave postgres_fdw its 30 s
 * @param byHandTimeout longest migration or by-hand sync
 * @param retryInterval pause between attempts to set the master up
 */
@ConfigurationProperties("ghidanh.sync.master")
record MasterSettings(
        @DefaultValue("5s") Duration connectTimeout,
        @DefaultValue("30s") Duration statementTimeout,
        @DefaultValue("5s") Duration lockTimeout,
        @DefaultValue("75s") Duration socketTimeout,
        @DefaultValue("15m") Duration byHandTimeout,
        @DefaultValue("2s") Duration retryInterval) {

    /** Measured: a session on a frozen shard returned 31 s after its statement timeout of 1 s began. */
    private static final Duration FROZEN_SHARD = Duration.ofSeconds(31);

    MasterSettings {
        if (socketTimeout.compareTo(statementTimeout.plus(FROZEN_SHARD)) < 0) {
            throw new IllegalArgumentException("ghidanh.sync.master.socket-timeout is " + socketTimeout
                    + ": it must be at least statement-timeout (" + statementTimeout + ") plus " + FROZEN_SHARD
                    + ", or a frozen shard looks like a dead master");
        }
    }

    Patience sync() {
        return new Patience(connectTimeout, socketTimeout, statementTimeout, lockTimeout);
    }

    Patience byHand() {
        return Patience.of(connectTimeout, byHandTimeout.plusMinutes(1), byHandTimeout);
    }
}
