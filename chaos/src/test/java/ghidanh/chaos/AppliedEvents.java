package ghidanh.chaos;

import ghidanh.event.ChangeEvent;
import ghidanh.event.Entity;
import ghidanh.event.EventJson;
import ghidanh.event.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** The events just before the consumers' committed offsets, which nobody reads again. For one thread. */
final class AppliedEvents implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int OF_A_PARTITION = 20;

    private final String topic;
    private final KafkaConsumer<byte[], byte[]> consumer;

    AppliedEvents(RunningSystem system, String shard) {
        this.topic = Topics.events(shard);
        // It asks for the group's offsets and is no member of it.
        this.consumer = new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                system.kafka().bootstrapServers(),
                ConsumerConfig.GROUP_ID_CONFIG,
                "sync-" + shard,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "none",
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                (int) PATIENCE.toMillis()));
    }

    /** The numbers of registrations in them; none where the broker does not tell. */
    Set<Long> registrations() {
        try {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            Map<TopicPartition, Long> ends = new HashMap<>();
            consumer.committed(Set.copyOf(partitions)).forEach((partition, committed) -> {
                if (committed != null && committed.offset() > 0) {
                    ends.put(partition, committed.offset());
                }
            });
            consumer.assign(ends.keySet());
            ends.forEach((partition, end) -> consumer.seek(partition, Math.max(0, end - OF_A_PARTITION)));
            Set<Long> numbers = new HashSet<>();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (System.nanoTime() < deadline
                    && ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> {
                    ChangeEvent event = EventJson.read(record.value());
                    if (event.entity() == Entity.REGISTRATION
                            && isBefore(record.offset(), ends.get(new TopicPartition(topic, record.partition())))) {
                        numbers.add(event.id());
                    }
                });
            }
            return numbers;
        } catch (KafkaException e) {
            return Set.of(); // a fault is on, or the topic is younger than the offsets
        }
    }

    private static boolean isBefore(long offset, @Nullable Long end) {
        return end != null && offset < end;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
