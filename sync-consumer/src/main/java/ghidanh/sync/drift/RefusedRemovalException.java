package ghidanh.sync.drift;

/** Thrown where rows would be removed that had better stay for now; the message says what to do first. */
public class RefusedRemovalException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Of problems with these names. */
    public enum Why {
        /** They may be the last copy of what a shard has lost. */
        WENT_BACK,
        /** Nobody has looked at a dry run, or not lately. */
        DRY_RUN_FIRST,
        REMOVES_TOO_MUCH
    }

    private final Why why;

    RefusedRemovalException(Why why, String message) {
        super(message);
        this.why = why;
    }

    public Why why() {
        return why;
    }
}
