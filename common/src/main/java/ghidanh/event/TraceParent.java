package ghidanh.event;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;

/**
 * W3C trace context of the request that caused a change, as it stands in an outbox row and in the header of an event.
 *
 * @param traceId 32 hexadecimal digits
 * @param spanId 16 hexadecimal digits, of the request's span
 * @param sampled whether the request is one of those whose spans are recorded
 */
public record TraceParent(String traceId, String spanId, boolean sampled) {

    // Versions to come may add something at the end.
    private static final Pattern TEXT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?");

    private static final int SAMPLED = 1;

    /** Empty where the text is none of version 00 or later. */
    public static Optional<TraceParent> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches()
                ? Optional.of(new TraceParent(
                        matcher.group(1), matcher.group(2), (Integer.parseInt(matcher.group(3), 16) & SAMPLED) != 0))
                : Optional.empty();
    }

    /** The trace that an event belongs to; empty where it has none that can be read. */
    public static Optional<TraceParent> of(org.apache.kafka.common.header.Headers event) {
        Header header = event.lastHeader(Headers.TRACEPARENT);
        return header == null || header.value() == null
                ? Optional.empty()
                : parse(new String(header.value(), StandardCharsets.US_ASCII));
    }

    /** In W3C's words: {@code 00-traceid-spanid-flags}. */
    public String text() {
        return "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
    }
}
