package ghidanh.sync.diagnosis;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A rule that holds for a shard, or has within a day.
 *
 * @param alert as Prometheus names it
 * @param since when it began to hold
 * @param firing since when it fires; null while it is pending
 * @param resolved when it ended; null while it holds
 */
public record Alert(
        Rule rule,
        String alert,
        String shard,
        Rule.Severity severity,
        State state,
        Instant since,
        @Nullable Instant firing,
        @Nullable Instant resolved) {

    /** How far it is. */
    public enum State {
        /** Holds, not for long enough yet. */
        PENDING,
        FIRING,
        /** Has fired, and holds no more. */
        RESOLVED
    }

    static Alert pending(Rule rule, String shard, Instant now) {
        return new Alert(rule, rule.alert(), shard, rule.severity(), State.PENDING, now, null, null);
    }

    Alert fires(Instant now) {
        return new Alert(rule, alert, shard, severity, State.FIRING, since, now, null);
    }

    Alert resolved(Instant now) {
        return new Alert(rule, alert, shard, severity, State.RESOLVED, since, firing, now);
    }
}
