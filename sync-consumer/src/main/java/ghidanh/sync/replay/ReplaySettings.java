package ghidanh.sync.replay;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How rows are brought again.
 *
 * @param batchSize rows in one transaction; smaller than the live listener's, so that live rows wait less for its locks
 */
@Validated
@ConfigurationProperties("ghidanh.sync.replay")
record ReplaySettings(@DefaultValue("500") @Min(1) int batchSize) {}
