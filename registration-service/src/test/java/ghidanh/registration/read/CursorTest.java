package ghidanh.registration.read;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Instant;
import java.util.Base64;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {

    @Test
    void a_cursor_survives_its_text_to_the_microsecond() {
        var cursor = new Cursor(Instant.parse("2026-01-05T08:00:00.123456Z"), "5433", 17);

        assertThat(Cursor.parse(cursor.text())).contains(cursor);
    }

    static Stream<Cursor> extremes() {
        return Stream.of(
                        Instant.MAX,
                        Instant.MIN,
                        Instant.parse("+294276-12-31T23:59:59.999999Z"),
                        Instant.parse("-4712-01-01T00:00:00Z"),
                        Instant.parse("1969-12-31T23:59:59.999999Z"))
                .flatMap(time -> Stream.of(Long.MIN_VALUE, -1L, 0L, Long.MAX_VALUE)
                        .map(number -> new Cursor(time, "5433", number)));
    }

    @ParameterizedTest
    @MethodSource("extremes")
    void a_cursor_holds_whatever_the_columns_hold(Cursor cursor) {
        assertThat(Cursor.parse(cursor.text())).contains(cursor);
        assertThat(Cursor.NEWEST_FIRST.compare(Cursor.START, cursor)).isNegative();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-9223372036854775807 5433 1", "9223372036854775806 5433 1", "1 5433 9223372036854775808"})
    void what_the_columns_cannot_hold_is_refused(String text) {
        assertThat(Cursor.parse(Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(US_ASCII))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "???", "MQ", "\u0000", "ä", "MSA1NDMzIDk5OTk5OTk5OTk5OTk5OTk5OTk"})
    void what_is_no_cursor_is_refused(String text) {
        assertThat(Cursor.parse(text)).isEmpty();
    }

    static Stream<byte[]> texts() {
        return Stream.concat(extremes().map(Cursor::text), Stream.of("", "MSA1NDMzIDE"))
                .map(text -> text.getBytes(US_ASCII));
    }

    @MethodSource("texts")
    @FuzzTest(maxDuration = "1m")
    void whatever_a_client_sends_is_a_cursor_that_it_can_send_again_or_none(byte @Nullable [] text) {
        Cursor.parse(text == null ? "" : new String(text, UTF_8))
                .ifPresent(cursor -> assertThat(Cursor.parse(cursor.text())).contains(cursor));
    }
}
