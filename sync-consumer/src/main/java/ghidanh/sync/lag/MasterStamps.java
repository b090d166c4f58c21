package ghidanh.sync.lag;

/**
 * The stamps of one transaction on the master, in microseconds since 1970 by the master's clock.
 *
 * @param received when this service had the event
 * @param applying when the master began with it
 * @param visible when the master had committed it
 */
public record MasterStamps(long received, long applying, long visible) {

    /**
     * Reads the master's clock once, when the statement began, and counts the rest from there by this process' own
     * monotonic clock: no second question to the master, and no clock of this machine involved.
     *
     * @param applyingMicros the master's {@code statement_timestamp()}
     * @param receivedNanos {@link System#nanoTime} when the batch arrived
     * @param sentNanos the same when the statement was sent; what the way to the master takes is the error
     * @param visibleNanos the same when the commit had returned
     */
    public static MasterStamps anchored(long applyingMicros, long receivedNanos, long sentNanos, long visibleNanos) {
        return new MasterStamps(
                applyingMicros - (sentNanos - receivedNanos) / 1_000,
                applyingMicros,
                applyingMicros + (visibleNanos - sentNanos) / 1_000);
    }
}
