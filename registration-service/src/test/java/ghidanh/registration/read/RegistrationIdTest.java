package ghidanh.registration.read;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
}
