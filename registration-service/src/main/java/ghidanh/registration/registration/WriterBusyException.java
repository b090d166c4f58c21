package ghidanh.registration.registration;

/** A request was not taken, and nothing of it was done: too many wait already, or the service stops. */
public final class WriterBusyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String shard;

    WriterBusyException(String shard, String message) {
        super(message);
        this.shard = shard;
    }

    public String shard() {
        return shard;
    }
}
