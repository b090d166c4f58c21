package ghidanh.sync.deadletter;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** Headers of a record in a dead letter topic; the event's own headers, key and value stay as they were. */
final class DeadLetterHeaders {

    private static final String PREFIX = "ghidanh-dead-";

    /** A {@link Reason}, in lower case. */
    static final String REASON = PREFIX + "reason";

    /** What a person needs to know. */
    static final String MESSAGE = PREFIX + "message";

    /** Topic, partition and offset that the event came from. */
    static final String TOPIC = PREFIX + "topic";

    static final String PARTITION = PREFIX + "partition";
    static final String OFFSET = PREFIX + "offset";

    /** How often the event was tried by itself before it was given up on. */
    static final String ATTEMPTS = PREFIX + "attempts";

    /** How often it was put through again; travels with the event, so that a loop ends. Absent means never. */
    static final String REDRIVES = "ghidanh-redrives";

    /** Marks a record that is no letter: its value lists, separated by commas, the offsets of letters that are settled. */
    static final String SETTLES = PREFIX + "settles";

    private DeadLetterHeaders() {}

    static void put(Headers headers, String name, String value) {
        headers.remove(name).add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    static void put(Headers headers, String name, long value) {
        put(headers, name, Long.toString(value));
    }

    static Optional<String> text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null
                ? Optional.empty()
                : Optional.of(new String(header.value(), StandardCharsets.UTF_8));
    }

    /** The number in a header; 0 where there is none. */
    static long number(Headers headers, String name) {
        return text(headers, name)
                .filter(text -> text.matches("\\d{1,18}"))
                .map(Long::parseLong)
                .orElse(0L);
    }

    /** Takes away what {@link DeadLetterWriter} added, all but the number of redrives. */
    static void removeAll(Headers headers) {
        for (String name : new String[] {REASON, MESSAGE, TOPIC, PARTITION, OFFSET, ATTEMPTS}) {
            headers.remove(name);
        }
    }
}
