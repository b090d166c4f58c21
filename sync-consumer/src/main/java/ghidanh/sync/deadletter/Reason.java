package ghidanh.sync.deadletter;

import java.util.Locale;

/** Why an event was given up on. Always the event's or its row's own fault, never an outage. */
public enum Reason {
    /** Not an event that this version knows. */
    UNREADABLE,
    /** An event of another shard, or of one that is not in the catalogue. */
    WRONG_SHARD,
    /** The shard has no such row: it was restored from a backup, or the event was made up. */
    MISSING,
    /** The master has another registration for this student and section. */
    CONFLICT,
    /** The master refuses the row: a constraint that cannot hold, a value out of range. */
    REFUSED;

    /** As headers and metrics spell it. */
    public String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
