package ghidanh.sync.drift;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How shards and master are compared.
 *
 * @param interval pause between the scheduled checks of a shard, over all instances; 0 for none
 * @param settle how long a difference must last, with the shard's row unchanged, to count as drift and not as in flight;
 *     above the usual lag
 * @param examples numbers named of each kind
 * @param repair whether the scheduled checks bring what is missing or different
 * @param removalLimit extra rows that one check may remove; more has to be allowed here, not by who asks
 * @param dryRunAge how old the check may be that such a removal follows
 * @param watch pause between two looks whether a shard or the master has gone back in time
 */
@Validated
@ConfigurationProperties("ghidanh.sync.drift")
record DriftSettings(
        @DefaultValue("1h") Duration interval,
        @DefaultValue("10s") Duration settle,
        @DefaultValue("100") @Min(1) int examples,
        @DefaultValue("true") boolean repair,
        @DefaultValue("1000") @Min(0) int removalLimit,
        @DefaultValue("1h") Duration dryRunAge,
        @DefaultValue("5s") @DurationMin(millis = 10) Duration watch) {}
