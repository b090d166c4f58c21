package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the text of a section's time is understood as. A slot is written day.period. */
class MeetingSlotsIT {

    private static final Enrollment ENROLLMENT = new Enrollment();
    private static final String READ = """
            select string_agg(2 + n / 16 || '.' || 1 + n % 16, ' ' order by n)
              from generate_series(0, 111) n
             where get_bit(meeting_slots(?), 111 - n) = 1
            """;

    private final Session shard = ENROLLMENT.shard("5433");

    @AfterAll
    static void close() {
        ENROLLMENT.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            T2 1-3                              | 2.1-3
            T7 13-15                            | 7.13-15
            Thứ 2, tiết 1-3                     | 2.1-3
            thu 2 tiet 1 den 3                  | 2.1-3
            THỨ HAI: TIẾT 1 – 3                 | 2.1-3
            T2 (1-3)                            | 2.1-3
            T2(1-3), T5(4-6)                    | 2.1-3 5.4-6
            T2 1-3 T5 4-6                       | 2.1-3 5.4-6
            T2 1-3/T4 1-3                       | 2.1-3 4.1-3
            T2 (tiết 1-3)                       | 2.1-3
            T2: tiết 1-3                        | 2.1-3
            T2, T4 (1-3)                        | 2.1-3 4.1-3
            T2,4,6 tiết 1-3                     | 2.1-3 4.1-3 6.1-3
            Thứ 2, 4, 6: tiết 1-2               | 2.1-2 4.1-2 6.1-2
            T2 (4)                              | 2.4-4
            T2 (1,3-4)                          | 2.1-1 2.3-4
            Thứ Ba tiết 2 và thứ tư tiết 5      | 3.2-2 4.5-5
            CN 7-9                              | 8.7-9
            Chủ nhật tiết 10,12                 | 8.10-10 8.12-12
            CN tiết 16                          | 8.16-16
            T2 1-16                             | 2.1-16
            T2 1-3, T2 2-5                      | 2.1-5
            """)
    void days_and_periods_are_read(String text, String slots) {
        String expected = Arrays.stream(slots.split(" "))
                .flatMap(range -> range(range).stream())
                .collect(Collectors.joining(" "));
        assertThat(read(text)).isEqualTo(expected);
        assertThat(read(Normalizer.normalize(text, Normalizer.Form.NFD))).isEqualTo(expected);
        assertThat(read("  " + text.replace(" ", " \t\u00a0") + "\n")).isEqualTo(expected);
    }

    private static List<String> range(String range) {
        String[] parts = range.split("[.-]");
        return IntStream.rangeClosed(Integer.parseInt(parts[1]), Integer.parseInt(parts[2]))
                .mapToObj(period -> parts[0] + "." + period)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ",",
                "Mon 7:00",
                "T2",
                "T2 tiết",
                "Tiết 1-3",
                "T2 3-1",
                "T2 0-3",
                "T2 1-17",
                "T2 1-31",
                "T2 1-63",
                "T2 1-99",
                "T2 1-99999999999",
                "T2 (99999999999999999999)",
                "T2 123",
                "T2 tiết 123",
                "T23 1-3",
                "T1 1-3",
                "T8 1-3",
                "T2 4",
                "T2,4,6 1-3",
                "T2-T4 1-3",
                "Thứ 2-6 tiết 1-3",
                "T2 -1-3",
                "T2 tiết 1--3",
                "T2 1-3-5",
                "T2 1-3, 5-6",
                "T2 1-3 (trực tuyến)",
                "T2 1-3 hoặc T4 1-3",
                "CNTT 1-3",
                "Thu 2-4",
                "T2 ١-٣",
                "T2 7:00-9:30",
                "T2 1.5-3",
                "'; drop table sections; --",
                "\u0301\u0301\u0301",
                "D2 P1-3"
            })
    void anything_else_is_understood_as_nothing(String text) {
        assertThat(read(text)).isEmpty();
    }

    @Test
    void a_text_longer_than_a_section_may_have_is_understood_as_nothing() {
        assertThat(read("T2 1-3;".repeat(29))).isEmpty();
        assertThat(read("T2 1-3;".repeat(28))).isEqualTo("2.1 2.2 2.3");
        assertThat(read("T2 ".repeat(300_000))).isEmpty();
        assertThat(read("(".repeat(200))).isEmpty();
        assertThat(read("T2,".repeat(66))).isEmpty();
    }

    private String read(String text) {
        return shard.text(READ, text);
    }
}
