package ghidanh.sync.observe;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How databases and broker are measured.
 *
 * @param interval pause between two measurements; the resolution of every gauge, unless counting rows takes longer than a
 *     twentieth of it
 * @param patience longest wait for an answer; a shard that takes longer shows as NaN
 * @param window unmarked registrations of a shard compared with the master, oldest first; the rest counts as unsynced
 *     without a look
 * @param clockReadings times a clock is read in one measurement; the fastest answer counts
 */
@Validated
@ConfigurationProperties("ghidanh.sync.observe")
record ObserveSettings(
        @DefaultValue("5s") Duration interval,
        @DefaultValue("5s") Duration patience,
        @DefaultValue("10000") @Min(1) int window,
        @DefaultValue("5") @Min(1) int clockReadings) {}
