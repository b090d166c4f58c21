package ghidanh.sync.deadletter;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter that nobody has put through again.
 *
 * @param offset in the dead letter topic; what to select it by
 * @param reason a {@link Reason}, in lower case
 * @param message what a person needs to know
 * @param key of the event
 * @param value of the event as text, shortened
 * @param source where the event came from
 * @param attempts how often it was tried by itself
 * @param redrives how often it was put through again before
 * @param deadSince when it was given up on
 */
public record OpenLetter(
        long offset,
        String reason,
        String message,
        @Nullable String key,
        @Nullable String value,
        Source source,
        long attempts,
        long redrives,
        Instant deadSince) {

    private static final int SHOWN = 500;

    /** Where an event lies in Kafka. */
    public record Source(String topic, int partition, long offset) {}

    static OpenLetter of(ConsumerRecord<byte[], byte[]> letter) {
        Headers headers = letter.headers();
        return new OpenLetter(
                letter.offset(),
                DeadLetterHeaders.text(headers, DeadLetterHeaders.REASON).orElse("unknown"),
                DeadLetterHeaders.text(headers, DeadLetterHeaders.MESSAGE).orElse(""),
                text(letter.key()),
                text(letter.value()),
                source(letter),
                DeadLetterHeaders.number(headers, DeadLetterHeaders.ATTEMPTS),
                DeadLetterHeaders.number(headers, DeadLetterHeaders.REDRIVES),
                Instant.ofEpochMilli(letter.timestamp()));
    }

    /** A letter that someone else wrote, without our headers, counts as coming from where it lies. */
    static Source source(ConsumerRecord<byte[], byte[]> letter) {
        Headers headers = letter.headers();
        return DeadLetterHeaders.text(headers, DeadLetterHeaders.TOPIC)
                .map(topic -> new Source(
                        topic,
                        (int) DeadLetterHeaders.number(headers, DeadLetterHeaders.PARTITION),
                        DeadLetterHeaders.number(headers, DeadLetterHeaders.OFFSET)))
                .orElseGet(() -> new Source(letter.topic(), letter.partition(), letter.offset()));
    }

    private static @Nullable String text(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
    }
}
