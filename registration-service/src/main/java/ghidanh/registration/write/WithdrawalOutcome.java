package ghidanh.registration.write;

import java.util.Map;

/**
 * What became of one withdrawal.
 *
 * @param details what a person needs to understand a refusal, by the names of the API
 */
public record WithdrawalOutcome(Kind kind, Map<String, Object> details) {

    public static final WithdrawalOutcome WITHDRAWN = new WithdrawalOutcome(Kind.WITHDRAWN, Map.of());

    /** All but the first two: nothing was written. */
    public enum Kind {
        WITHDRAWN,
        ALREADY_WITHDRAWN,
        UNKNOWN_REGISTRATION,
        GRADED,
        PAST_TERM,
        TOO_LATE
    }
}
