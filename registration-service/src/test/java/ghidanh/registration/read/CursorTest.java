package ghidanh.registration.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {

    @Test
    void a_cursor_survives_its_text_to_the_microsecond() {
        var cursor = new Cursor(Instant.parse("2026-01-05T08:00:00.123456Z"), "5433", 17);

        assertThat(Cursor.parse(cursor.text())).contains(cursor);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "???", "MQ", "\u0000", "ä", "MSA1NDMzIDk5OTk5OTk5OTk5OTk5OTk5OTk"})
    void what_is_no_cursor_is_refused(String text) {
        assertThat(Cursor.parse(text)).isEmpty();
    }
}
