package ghidanh.registration.write;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What became of one withdrawal.
 *
 * @param details what a person needs to understand a refusal, as JSON in the names of the API; null where the kind says all
 */
public record WithdrawalOutcome(Kind kind, @Nullable String details) {

    public static final WithdrawalOutcome WITHDRAWN = new WithdrawalOutcome(Kind.WITHDRAWN, null);

    /** All but the first two: nothing was written. */
    public enum Kind {
        WITHDRAWN,
        ALREADY_WITHDRAWN,
        UNKNOWN_REGISTRATION,
        GRADED,
        PAST_TERM,
        TOO_LATE,
        /** Refused by a rule of a newer release, which has migrated the shard. */
        NEWER_RULE;

        /** @param outcome a word of withdraw_registrations */
        static Kind of(String outcome) {
            return Stream.of(values())
                    .filter(known -> known.name().equalsIgnoreCase(outcome))
                    .findAny()
                    .orElse(NEWER_RULE);
        }
    }
}
