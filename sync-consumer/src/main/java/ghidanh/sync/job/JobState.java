package ghidanh.sync.job;

import java.util.Locale;

/** Where a job stands. */
public enum JobState {
    RUNNING,
    DONE,
    /** Cannot go on; {@link Job#message} says why. */
    FAILED,
    CANCELLED,
    /** Its instance stopped or died; can be resumed. */
    INTERRUPTED;

    String sqlName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static JobState of(String sqlName) {
        return valueOf(sqlName.toUpperCase(Locale.ROOT));
    }

    public boolean isOver() {
        return this != RUNNING;
    }
}
