package ghidanh.sync.job;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How jobs are kept.
 *
 * @param heartbeat how often progress and the sign of life are written; also how soon a cancellation is noticed
 * @param patience a job without a sign of life for this long counts as interrupted; an outage of the
 *     master does not count
 */
@ConfigurationProperties("ghidanh.sync.jobs")
public record JobSettings(
        @DefaultValue("1s") Duration heartbeat,
        @DefaultValue("30s") Duration patience) {}
