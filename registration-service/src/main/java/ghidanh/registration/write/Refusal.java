package ghidanh.registration.write;

import java.util.stream.Stream;

/** Why a student did not get a section. */
public enum Refusal {
    SECTION_FULL,
    UNKNOWN_STUDENT,
    UNKNOWN_SECTION,
    SECTION_CANCELLED,
    PAST_TERM,
    NOT_OPEN,
    CLOSED,
    ON_HOLD,
    NOT_ELIGIBLE,
    SAME_COURSE,
    TIME_CLASH,
    CREDIT_LIMIT,
    /** By a rule of a newer release, which has migrated the shard. */
    NEWER_RULE;

    /** @param outcome a word of register_students or judge_wish */
    public static Refusal of(String outcome) {
        return Stream.of(values())
                .filter(known -> known.name().equalsIgnoreCase(outcome))
                .findAny()
                .orElse(NEWER_RULE);
    }
}
