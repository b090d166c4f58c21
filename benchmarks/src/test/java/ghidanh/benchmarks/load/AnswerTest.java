package ghidanh.benchmarks.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AnswerTest {

    private static final byte[] ID_AFTER = "/api/registrations/5433-".getBytes(US_ASCII);
    private static final String CREATED =
            "HTTP/1.1 201 \r\nLocation: /api/registrations/5433-17\r\nContent-Length: 2\r\nDate: x\r\n\r\n{}";

    @Test
    void status_and_number_of_a_registration_are_read() {
        assertThat(read(CREATED)).isEqualTo(new Answer(201, 17, false, false));
    }

    @Test
    void an_answer_is_read_when_all_of_it_is_there() {
        for (int length = 0; length < CREATED.length(); length++) {
            assertThat(read(CREATED.substring(0, length))).isNull();
        }
    }

    @Test
    void the_end_of_a_connection_is_announced() {
        assertThat(read("HTTP/1.1 503 \r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
                .isEqualTo(new Answer(503, 0, false, true));
    }

    @Test
    void chunks_end_with_an_empty_one() {
        String head = "HTTP/1.1 409 \r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n";
        assertThat(read(head)).isNull();
        assertThat(read(head + "0\r\n\r\n")).isEqualTo(new Answer(409, 0, false, false));
    }

    @Test
    void a_refusal_says_when_to_come_again() {
        assertThat(read("HTTP/1.1 503 \r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"))
                .isEqualTo(new Answer(503, 0, true, false));
        assertThat(read("HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n")).isEqualTo(new Answer(503, 0, false, false));
    }

    private static @Nullable Answer read(String text) {
        byte[] bytes = new byte[4096];
        System.arraycopy(text.getBytes(US_ASCII), 0, bytes, 0, text.length());
        return Answer.read(bytes, text.length(), ID_AFTER);
    }
}
