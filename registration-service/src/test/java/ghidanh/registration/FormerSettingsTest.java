package ghidanh.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

/** Names of settings from before the root {@code ghidanh.} work, and the log says what they are called now. */
@ExtendWith(OutputCaptureExtension.class)
class FormerSettingsTest {

    @Configuration
    static class Nothing {}

    @Test
    void former_names_set_what_they_set_and_are_warned_of(CapturedOutput output) {
        try (var context = application().run("--relay.batch-size=7", "--registration.probe.seats.5433.stno=1")) {
            var settings = Binder.get(context.getEnvironment());
            assertThat(settings.bind("ghidanh.relay.batch-size", Integer.class).get())
                    .isEqualTo(7);
            assertThat(settings.bind("ghidanh.registration.probe.seats", Bindable.mapOf(String.class, Object.class))
                            .get())
                    .isEqualTo(Map.of("5433", Map.of("stno", "1")));
            assertThat(output)
                    .contains("WARN")
                    .contains("Key: relay.batch-size")
                    .contains("Replacement: ghidanh.relay.batch-size")
                    .contains("Replacement: ghidanh.registration.probe.seats");
        }
    }

    @Test
    void a_setting_that_is_gone_is_named_with_the_reason(CapturedOutput output) {
        application().run("--registration.writer.queue-limit=7").close();
        assertThat(output)
                .contains("Key: registration.writer.queue-limit")
                .contains("ghidanh.registration.admission.limit counts everything that writes");
    }

    private static SpringApplicationBuilder application() {
        return new SpringApplicationBuilder(Nothing.class).web(WebApplicationType.NONE);
    }
}
