package ghidanh.registration.probe;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import java.time.Duration;
import java.util.Map;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Trial registrations, to measure the lag without a second clock. Off where no seat is named.
 *
 * @param interval pause between two trials on a shard
 * @param patience after which a trial that the master does not show counts as lost
 * @param seats by shard: the student and the section that are kept for trials
 */
@Validated
@ConfigurationProperties("ghidanh.registration.probe")
record ProbeSettings(
        @DefaultValue("1m") @DurationMin(millis = 100) Duration interval,
        @DefaultValue("60s") @DurationMin(millis = 1) Duration patience,
        @DefaultValue Map<String, @Valid Seat> seats) {

    /**
     * A seat that nobody else asks for.
     *
     * @param stno a student of this shard who stands for nobody
     * @param secNo a section of this shard that is for trials alone
     */
    record Seat(
            @NotNull @Positive Integer stno,
            @NotNull @Positive Integer secNo) {}
}
