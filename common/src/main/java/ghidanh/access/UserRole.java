package ghidanh.access;

/** What a caller is here for. */
public enum UserRole {
    /** Sees and changes their own registrations. */
    STUDENT,
    /** Sees and changes those of the students of some universities. */
    REGISTRAR,
    /** Runs the sync; sees no names. */
    OPERATOR,
    /** Scrapes metrics. */
    METRICS
}
