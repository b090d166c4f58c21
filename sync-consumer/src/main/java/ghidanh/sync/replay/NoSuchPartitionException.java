package ghidanh.sync.replay;

/** Thrown for a start that the topic does not have. */
public class NoSuchPartitionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NoSuchPartitionException(String message) {
        super(message);
    }
}
