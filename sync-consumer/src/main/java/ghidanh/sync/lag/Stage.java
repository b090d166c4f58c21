package ghidanh.sync.lag;

import java.util.Locale;

/** The five stages of an event's way, each from one stamp to the next. */
enum Stage {
    /** From the shard's commit until the relay read the outbox row. */
    OUTBOX,
    /** Until the relay handed the event to Kafka. */
    RELAY,
    /** Until the consumer had it; the only stage that begins by the shard's clock and ends by the master's. */
    KAFKA,
    /** Until the master began to apply it. */
    CONSUMER,
    /** Until the master had committed it. */
    MASTER;

    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
