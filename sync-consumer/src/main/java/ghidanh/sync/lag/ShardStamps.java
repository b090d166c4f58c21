package ghidanh.sync.lag;

import ghidanh.event.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * The stamps that an event brings along, in microseconds since 1970 by the clock of the shard's database.
 *
 * @param committed when the shard committed the change
 * @param claimed when the relay read the outbox row
 * @param sent when the relay handed the event to Kafka
 */
public record ShardStamps(long committed, long claimed, long sent) {

    /** Empty where a stamp is missing or no number: such an event is applied like any other, but not measured. */
    public static Optional<ShardStamps> of(org.apache.kafka.common.header.Headers headers) {
        OptionalLong committed = micros(headers.lastHeader(Headers.COMMITTED));
        OptionalLong claimed = micros(headers.lastHeader(Headers.CLAIMED));
        OptionalLong sent = micros(headers.lastHeader(Headers.SENT));
        return committed.isPresent() && claimed.isPresent() && sent.isPresent()
                ? Optional.of(new ShardStamps(committed.getAsLong(), claimed.getAsLong(), sent.getAsLong()))
                : Optional.empty();
    }

    private static OptionalLong micros(@Nullable Header header) {
        if (header == null || header.value() == null) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(new String(header.value(), StandardCharsets.US_ASCII)));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
