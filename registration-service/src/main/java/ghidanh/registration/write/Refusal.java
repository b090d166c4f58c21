package ghidanh.registration.write;

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
    CREDIT_LIMIT
}
