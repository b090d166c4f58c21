package ghidanh.event;

/** Record headers of an event. Times are decimal microseconds since 1970, by the clock of the shard's database. */
public final class Headers {

    /** When the shard's transaction committed. */
    public static final String COMMITTED = "ghidanh-committed";

    /** When the relay read the outbox row. */
    public static final String CLAIMED = "ghidanh-claimed";

    /** When the relay handed the event to Kafka. */
    public static final String SENT = "ghidanh-sent";

    /** W3C trace context of the request that caused the change; absent where it came without one. */
    public static final String TRACEPARENT = "traceparent";

    /** Who caused the change, as role:subject; absent for a row from before that was kept. */
    public static final String ACTOR = "ghidanh-actor";

    private Headers() {}
}
