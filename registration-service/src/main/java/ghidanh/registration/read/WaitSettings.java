package ghidanh.registration.read;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How answers are held until a registration is on the master ({@code Prefer: wait=N}).
 *
 * @param longest longest wait that is granted
 * @param interval pause between two looks at the master; one look serves all who wait
 * @param limit answers that may be held at once; beyond them the answer comes without waiting
 */
@Validated
@ConfigurationProperties("ghidanh.registration.wait")
record WaitSettings(
        @DefaultValue("30s") Duration longest,
        @DefaultValue("50ms") @DurationMin(millis = 1) Duration interval,
        @DefaultValue("5000") @Min(0) int limit) {}
