package ghidanh.sync.job;

/** Thrown when another job is at work on the same shard. */
public class JobConflictException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final long other;
    private final JobKind kind;

    JobConflictException(long other, JobKind kind) {
        super("job " + other + " is at work on the shard");
        this.other = other;
        this.kind = kind;
    }

    public long other() {
        return other;
    }

    public JobKind kind() {
        return kind;
    }
}
