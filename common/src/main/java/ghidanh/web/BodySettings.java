package ghidanh.web;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * What a request's body may cost.
 *
 * @param limit longest body; a longer one is refused with 413
 * @param deadline longest time from a request's headers to the end of its body; then it is refused with 408
 * @param memory for all bodies together that are not whole yet; beyond it those that have taken longest are refused with 408
 */
@Validated
@ConfigurationProperties("ghidanh.web.body")
record BodySettings(
        @DefaultValue("2500KB") DataSize limit,
        @DefaultValue("10s") @DurationMin(millis = 1) Duration deadline,
        @DefaultValue("32MB") DataSize memory) {}
