package ghidanh.registration.write;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How requests are gathered into batches, per shard.
 *
 * @param batchLimit registrations in one transaction
 * @param linger how long a batch may wait for more requests when the one before had several; 0 saves that time when there
 *     are processors to spare, and costs throughput where there are not
 * @param attempts how often a batch is tried that the database rolled back because of another transaction
 */
@Validated
@ConfigurationProperties("ghidanh.registration.writer")
record WriterSettings(
        @DefaultValue("200") @Min(1) @Max(10000) int batchLimit,
        @DefaultValue("1ms") @DurationMin Duration linger,
        @DefaultValue("5") @Min(1) int attempts) {}
