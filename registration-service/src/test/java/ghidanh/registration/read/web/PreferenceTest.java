package ghidanh.registration.read.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreferenceTest {

    @ParameterizedTest
    @ValueSource(strings = {"wait=5", "Wait = \"5\"", "respond-async, wait=5", "handling=lenient; wait=5, x"})
    void the_wait_is_found_among_other_preferences(String prefer) {
        assertThat(Preference.wait(prefer)).isEqualTo(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "wait", "wait=", "wait=-1", "wait=soon", "await=5", "wait=99999999999"})
    void a_preference_that_cannot_be_read_is_none(String prefer) {
        assertThat(Preference.wait(prefer)).isZero();
    }

    @Test
    void no_header_is_no_preference() {
        assertThat(Preference.wait(null)).isZero();
    }

    static Stream<byte[]> headers() {
        return Stream.of("respond-async, wait=5", "wait=\"999999999\"", "wait=9999999999", "")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("headers")
    @FuzzTest(maxDuration = "1m")
    void whatever_a_client_prefers_is_a_wait_or_none(byte @Nullable [] prefer) {
        assertThat(Preference.wait(prefer == null ? null : new String(prefer, StandardCharsets.UTF_8)))
                .isBetween(Duration.ZERO, Duration.ofSeconds(999_999_999));
    }
}
