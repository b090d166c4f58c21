package ghidanh.sync.sweep;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the sweeper looks for what events did not bring.
 *
 * @param interval pause between two looks at a shard
 * @param settle how long an event may take from the shard to Kafka; rows that changed later are left to their events. A
 *     repair comes at most this and three intervals after its cause
 * @param pageSize registrations repaired in one transaction
 * @param maxPages pages in one look; bounds what a shard with millions of rows and no events costs at once
 */
@Validated
@ConfigurationProperties("ghidanh.sync.sweep")
record SweepSettings(
        @DefaultValue("5s") Duration interval,
        @DefaultValue("5s") Duration settle,
        @DefaultValue("1000") @Min(1) int pageSize,
        @DefaultValue("20") @Min(1) int maxPages) {}
