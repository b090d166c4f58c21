package ghidanh.sync.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * Asks the broker how far topics and groups are. Every question throws a {@link KafkaException} if the broker does not answer
 * in time. Thread-safe.
 */
public class BrokerOffsets implements AutoCloseable {

    private final Admin admin;

    /** @param patience longest wait for an answer */
    public BrokerOffsets(KafkaAdmin configured, Duration patience) {
        Map<String, Object> client = new HashMap<>(configured.getConfigurationProperties());
        client.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) patience.toMillis());
        client.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) patience.toMillis());
        this.admin = Admin.create(client);
    }

    public List<TopicPartition> partitions(String... topics) throws InterruptedException {
        return answer(admin.describeTopics(List.of(topics)).allTopicNames()).values().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .toList();
    }

    public Map<TopicPartition, Long> begins(List<TopicPartition> partitions) throws InterruptedException {
        return offsets(partitions, OffsetSpec.earliest());
    }

    public Map<TopicPartition, Long> ends(List<TopicPartition> partitions) throws InterruptedException {
        return offsets(partitions, OffsetSpec.latest());
    }

    private Map<TopicPartition, Long> offsets(List<TopicPartition> partitions, OffsetSpec which)
            throws InterruptedException {
        Map<TopicPartition, OffsetSpec> wanted =
                partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> which));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        answer(admin.listOffsets(wanted).all()).forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }

    /** What the listeners of a shard have committed; nothing for a partition without a commit. */
    public Map<TopicPartition, Long> committed(String shard) throws InterruptedException {
        Map<TopicPartition, Long> committed = new HashMap<>();
        answer(admin.listConsumerGroupOffsets(ByteConsumers.group(shard)).partitionsToOffsetAndMetadata())
                .forEach((partition, offset) -> {
                    if (offset != null) {
                        committed.put(partition, offset.offset());
                    }
                });
        return committed;
    }

    private static <T> T answer(KafkaFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new KafkaException(String.valueOf(e.getCause()), e.getCause());
        }
    }

    /** Gives up questions that are under way. */
    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
