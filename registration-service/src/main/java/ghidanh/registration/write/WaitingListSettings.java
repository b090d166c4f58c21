package ghidanh.registration.write;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How seats are given to those who wait. A seat that is given up is handed on at once; this is for all else.
 *
 * @param interval pause between two looks for free seats that somebody waits for and may have by now, as when a hold ended or a
 *     registration period began
 */
@Validated
@ConfigurationProperties("ghidanh.registration.waiting-lists")
record WaitingListSettings(
        @DefaultValue("10s") @DurationMin(millis = 10) Duration interval) {}
