package ghidanh.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class EventJsonTest {

    @Test
    void an_event_survives_the_way_through_json() {
        ChangeEvent event = new ChangeEvent("5433", Entity.REGISTRATION, Long.MAX_VALUE);

        assertThat(EventJson.read(EventJson.write(event))).isEqualTo(event);
        assertThat(event.key()).isEqualTo("registration:9223372036854775807");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            not json                                            | not JSON
            [1]                                                 | not a JSON object
            {"v":2,"shard":"5433","entity":"student","id":1}    | version 2 is not known
            {"shard":"5433","entity":"student","id":1}          | version
            {"v":1,"shard":"5433","entity":"lecturer","id":1}   | unknown entity "lecturer"
            {"v":1,"shard":"5433","entity":"student","id":"1"}  | without shard, entity or id
            {"v":1,"shard":"5433","entity":"student","id":1e30} | without shard, entity or id
            {"v":1,"shard":"5433","entity":"section","id":2147483648} | section 2147483648: no such number is possible
            """)
    void an_unreadable_event_says_why(String json, String reason) {
        assertThatThrownBy(() -> EventJson.read(json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(UnreadableEventException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void a_tombstone_is_unreadable() {
        assertThatThrownBy(() -> EventJson.read(null)).hasMessage("the record has no value");
    }

    static Stream<byte[]> values() {
        return Stream.of("{\"v\":1,\"shard\":\"5433\",\"entity\":\"registration\",\"id\":17}", "{\"v\":1e0}", "[", "")
                .map(json -> json.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("values")
    @FuzzTest(maxDuration = "1m")
    void whatever_a_record_has_is_an_event_or_unreadable(byte @Nullable [] json) {
        try {
            ChangeEvent event = EventJson.read(json);
            assertThat(event.key()).endsWith(":" + event.id());
            assertThat(EventJson.read(EventJson.write(new ChangeEvent("5433", event.entity(), event.id()))))
                    .extracting(ChangeEvent::key)
                    .isEqualTo(event.key());
        } catch (UnreadableEventException e) {
            assertThat(e).message().isNotBlank();
        }
    }
}
