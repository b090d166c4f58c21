package ghidanh.event;

import jakarta.validation.constraints.Min;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How topics are made where they are missing; an existing topic is left as it is.
 *
 * @param partitions of each shard's topic, and so how many consumers can share a shard; fixed from the start, since a key
 *     must stay in its partition
 * @param replicationFactor copies of every record; 3 outside a demo
 */
@Validated
@ConfigurationProperties("ghidanh.topics")
public record TopicSettings(
        @DefaultValue("3") @Min(1) int partitions,
        @DefaultValue("1") @Min(1) short replicationFactor) {

    /** A shard's event topic (compacted, so that it can rebuild the master at any age) and its dead letter topic. */
    public List<NewTopic> topicsOf(String shard) {
        return List.of(
                new NewTopic(Topics.events(shard), partitions, replicationFactor)
                        .configs(Map.of(
                                TopicConfig.CLEANUP_POLICY_CONFIG,
                                TopicConfig.CLEANUP_POLICY_COMPACT,
                                // By the broker's clock, so that a replay "from ten o'clock" means what it says.
                                TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                                "LogAppendTime")),
                new NewTopic(Topics.deadLetters(shard), 1, replicationFactor)
                        .configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, "-1")));
    }
}
