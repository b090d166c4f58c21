package ghidanh.registration.write.web;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How many may register or withdraw at once.
 *
 * @param limit registrations and withdrawals that may be in work, each element of a batch for itself; beyond them one is
 *     refused at once with 503. With r registrations a second an accepted one takes up to about 2 x limit / r seconds
 */
@Validated
@ConfigurationProperties("ghidanh.registration.admission")
record AdmissionSettings(@DefaultValue("1000") @Min(1) int limit) {}
