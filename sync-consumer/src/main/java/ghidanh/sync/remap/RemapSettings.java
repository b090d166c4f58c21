package ghidanh.sync.remap;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How events are remapped. The largest batch is {@code spring.kafka.consumer.max-poll-records}.
 *
 * @param sessions transactions on the master that share a large batch; as many as it has cores to spare for one shard
 * @param smallestShare rows that are worth a transaction of their own; a batch of less than two such shares stays one
 * @param minBackoff shortest wait after a failed attempt
 * @param maxBackoff longest; also how late a shard's return can be noticed
 * @param attempts how often a row is tried by itself before the master's refusal is believed
 * @param markLinger how long marks are collected before they are set; later marks, fewer calls
 * @param markBatch marks set in one transaction
 * @param markCapacity marks remembered for each shard; beyond it the oldest are left to the sweeper
 * @param stopTimeout how long a stop waits for the batch in hand
 */
@Validated
@ConfigurationProperties("ghidanh.sync.remap")
record RemapSettings(
        @DefaultValue("2") @Min(1) int sessions,
        @DefaultValue("500") @Min(1) int smallestShare,
        @DefaultValue("100ms") Duration minBackoff,
        @DefaultValue("5s") Duration maxBackoff,
        @DefaultValue("3") @Min(1) int attempts,
        @DefaultValue("50ms") Duration markLinger,
        @DefaultValue("2000") @Min(1) int markBatch,
        @DefaultValue("100000") @Min(1) int markCapacity,
        @DefaultValue("10s") Duration stopTimeout) {}
