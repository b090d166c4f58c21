package ghidanh.sync.replay;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How rows are brought again.
 *
 * @param batchSize rows in one transaction; smaller than the live listener's, so that live rows wait less for its locks
 * @param maxPerSecond rows, of a job that names no limit of its own; 0 for as fast as it goes. RATIONALE.md has what live
 *     registrations pay at which rate
 */
@Validated
@ConfigurationProperties("ghidanh.sync.replay")
record ReplaySettings(
        @DefaultValue("500") @Min(1) int batchSize,
        @DefaultValue("2000") @Min(0) int maxPerSecond) {

    /** @param asked 0 for the usual one */
    int limit(int asked) {
        return asked == 0 ? maxPerSecond : asked;
    }
}
