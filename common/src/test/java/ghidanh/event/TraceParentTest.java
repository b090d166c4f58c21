package ghidanh.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceParentTest {

    private static final String TEXT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @Test
    void it_reads_what_it_writes() {
        TraceParent sampled = new TraceParent("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", true);
        assertThat(sampled.text()).isEqualTo(TEXT);
        assertThat(TraceParent.parse(TEXT)).contains(sampled);

        TraceParent unsampled = new TraceParent("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", false);
        assertThat(TraceParent.parse(unsampled.text())).contains(unsampled);
    }

    @Test
    void other_flags_and_what_a_later_version_adds_are_passed_over() {
        assertThat(TraceParent.parse("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03-more"))
                .map(TraceParent::sampled)
                .contains(true);
        assertThat(TraceParent.parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02"))
                .map(TraceParent::sampled)
                .contains(false);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x"
            })
    void anything_else_is_no_trace(String text) {
        assertThat(TraceParent.parse(text)).isEmpty();
    }

    @Test
    void an_event_may_have_none() {
        RecordHeaders headers = new RecordHeaders();
        assertThat(TraceParent.of(headers)).isEmpty();
        headers.add(Headers.TRACEPARENT, TEXT.getBytes(StandardCharsets.US_ASCII));
        assertThat(TraceParent.of(headers)).map(TraceParent::text).contains(TEXT);
        headers.add(Headers.TRACEPARENT, null);
        assertThat(TraceParent.of(headers)).isEmpty();
    }

    static Stream<byte[]> headers() {
        return Stream.of(TEXT, "cc-" + TEXT.substring(3) + "-more", "00-", "")
                .map(text -> text.getBytes(StandardCharsets.US_ASCII));
    }

    @MethodSource("headers")
    @FuzzTest(maxDuration = "1m")
    void whatever_a_header_has_is_a_trace_that_can_go_on_or_none(byte @Nullable [] value) {
        TraceParent.of(new RecordHeaders().add(Headers.TRACEPARENT, value))
                .ifPresent(trace -> assertThat(TraceParent.parse(trace.text())).contains(trace));
    }
}
