package ghidanh.registration.write;

/** Nothing of a request was done. */
public final class WriterBusyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Why the writer could not do it. */
    public enum Why {
        STOPPING("the service is stopping"),
        OTHERS_CHANGE("others change the same rows all the time"),
        OTHERS_HOLD("somebody else holds the section, the student or the registration");

        private final String words;

        Why(String words) {
            this.words = words;
        }
    }

    private final String shard;
    private final Why why;

    WriterBusyException(String shard, Why why) {
        // No stack trace: thousands a second of them, at the time when there is none to spare.
        super(why.words + " (shard " + shard + ")", null, false, false);
        this.shard = shard;
        this.why = why;
    }

    public String shard() {
        return shard;
    }

    public Why why() {
        return why;
    }
}
