package ghidanh.registration.write;

/** Nothing of a request was done: others change the same rows all the time, or the service stops. */
public final class WriterBusyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String shard;

    WriterBusyException(String shard, String message) {
        // No stack trace: thousands a second of them, at the time when there is none to spare.
        super(message, null, false, false);
        this.shard = shard;
    }

    public String shard() {
        return shard;
    }
}
