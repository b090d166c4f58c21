package ghidanh.registration.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistrationIdTest {

    @Test
    void an_id_is_the_shard_and_its_number() {
        assertThat(RegistrationId.parse("5433-17")).contains(new RegistrationId("5433", 17));
        assertThat(RegistrationId.parse("5433-9223372036854775807"))
                .contains(new RegistrationId("5433", Long.MAX_VALUE));
        assertThat(new RegistrationId("5433", 17)).hasToString("5433-17");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "17",
                "-17",
                "5433-",
                "5433-0",
                "5433-017",
                "5433--1",
                "5433-1.5",
                "A-1",
                "5433-17 ",
                "5433-9999999999999999999"
            })
    void anything_else_is_none(String text) {
        assertThat(RegistrationId.parse(text)).isEmpty();
    }

    static Stream<byte[]> texts() {
        return Stream.of("5433-17", "5433-9223372036854775808", "").map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("texts")
    @FuzzTest(maxDuration = "1m")
    void whatever_an_address_has_is_an_id_as_it_is_written_or_none(byte @Nullable [] bytes) {
        String text = bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
        RegistrationId.parse(text).ifPresent(id -> assertThat(id).hasToString(text));
    }
}
