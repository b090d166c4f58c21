package ghidanh.sync.diagnosis;

import java.time.Duration;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * When an alert of grafana/rules/alerts.yml holds, by what this service measures itself: the same names, thresholds and times,
 * which a test compares. What it cannot know is left to Prometheus.
 */
public enum Rule {
    STUCK(
            "SyncStuck",
            "database",
            Severity.PAGE,
            minutes(1),
            60,
            facts -> facts.seen().unsynced().oldestSeconds()),
    STUCK_IN_KAFKA("SyncStuck", "kafka", Severity.PAGE, minutes(1), 60, Facts::standstillSeconds),
    FRESHNESS_UNKNOWN("SyncFreshnessUnknown", null, Severity.PAGE, minutes(1), 60, Facts::unmeasuredSeconds),
    DEAD_LETTERS("SyncDeadLetters", null, Severity.TICKET, Duration.ZERO, 0, facts -> 15 * 60 - facts.lettersSeconds()),
    MISMATCH("SyncMismatch", null, Severity.TICKET, minutes(10), 0, Facts::driftRows),
    LOST("RegistrationsLost", null, Severity.PAGE, Duration.ZERO, 0, facts -> 60 * 60 - facts.lossSeconds()),
    COMPARISON_OVERDUE("SyncComparisonOverdue", null, Severity.TICKET, minutes(5), 3 * 3600, Facts::checkedSeconds),
    CLOCK_SKEW(
            "ClockSkew",
            null,
            Severity.TICKET,
            minutes(5),
            0.5,
            facts -> facts.seen().clockOffSeconds()),
    NO_LEADER("RelayWithoutLeader", null, Severity.PAGE, minutes(1), 0, Rule::leaderless),
    OUTBOX_STUCK(
            "OutboxStuck",
            null,
            Severity.PAGE,
            minutes(1),
            60,
            facts -> facts.seen().backlog().oldestSeconds());

    /** Whom it concerns. */
    public enum Severity {
        /** Wakes somebody. */
        PAGE,
        /** Waits until morning. */
        TICKET
    }

    private final String alert;
    private final @Nullable String seenIn;
    private final Severity severity;
    private final Duration hold;
    private final double threshold;

    @SuppressWarnings("ImmutableEnumChecker") // it keeps nothing
    private final ToDoubleFunction<Facts> measure;

    Rule(
            String alert,
            @Nullable String seenIn,
            Severity severity,
            Duration hold,
            double threshold,
            ToDoubleFunction<Facts> measure) {
        this.alert = alert;
        this.seenIn = seenIn;
        this.severity = severity;
        this.hold = hold;
        this.threshold = threshold;
        this.measure = measure;
    }

    private static Duration minutes(long minutes) {
        return Duration.ofMinutes(minutes);
    }

    private static double leaderless(Facts facts) {
        var state = facts.seen().state();
        return state == null || facts.seen().trouble() != null ? Double.NaN : state.led() ? 0 : 1;
    }

    /** As Prometheus knows it. */
    String alert() {
        return alert;
    }

    /** The label {@code seen} there; null where it has none. */
    @Nullable String seenIn() {
        return seenIn;
    }

    Severity severity() {
        return severity;
    }

    /** How long it must hold before it fires. */
    Duration hold() {
        return hold;
    }

    /** What is not known does not hold. */
    boolean holds(Facts facts) {
        return measure.applyAsDouble(facts) > threshold;
    }
}
