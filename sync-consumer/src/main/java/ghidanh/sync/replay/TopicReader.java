package ghidanh.sync.replay;

import ghidanh.event.Topics;
import ghidanh.sync.kafka.ByteConsumers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.stereotype.Component;

/** Consumers outside any group: they read beside the live listener, which never notices, and commit nothing. */
@Component
class TopicReader {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ConsumerFactory<byte[], byte[]> consumers;

    TopicReader(ByteConsumers consumers) {
        this.consumers = consumers.ofNoGroup("replay");
    }

    /**
     * What there is to read of a shard's topic from there to its present end.
     *
     * @throws KafkaException if the broker does not answer
     * @throws NoSuchPartitionException if the start names a partition or an offset that the topic does not have
     */
    Map<Integer, Span> spans(String shard, Start start) {
        try (Consumer<byte[], byte[]> consumer = consumers.createConsumer()) {
            List<TopicPartition> partitions = consumer.partitionsFor(Topics.events(shard), PATIENCE).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
            Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions, PATIENCE);
            Map<TopicPartition, OffsetAndTimestamp> atTime = atTime(consumer, partitions, start);
            refuseUnknown(shard, start, ends);

            Map<Integer, Span> spans = new TreeMap<>();
            for (TopicPartition partition : partitions) {
                long end = Objects.requireNonNull(ends.get(partition));
                long from = Objects.requireNonNull(beginnings.get(partition));
                if (!start.offsets().isEmpty()) {
                    from = Math.max(from, start.offsets().getOrDefault(partition.partition(), end));
                } else if (start.time().isPresent()) {
                    @Nullable OffsetAndTimestamp first = atTime.get(partition);
                    from = first == null ? end : first.offset();
                }
                spans.put(partition.partition(), new Span(from, from, end));
            }
            return spans;
        }
    }

    private static Map<TopicPartition, OffsetAndTimestamp> atTime(
            Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions, Start start) {
        if (start.time().isEmpty()) {
            return Map.of();
        }
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, start.time().get().toEpochMilli()));
        return consumer.offsetsForTimes(times, PATIENCE);
    }

    private static void refuseUnknown(String shard, Start start, Map<TopicPartition, Long> ends) {
        start.offsets().forEach((partition, offset) -> {
            Long end = ends.get(new TopicPartition(Topics.events(shard), partition));
            if (end == null) {
                throw new NoSuchPartitionException(
                        Topics.events(shard) + " has partitions 0 to " + (ends.size() - 1) + ", not " + partition);
            }
            if (offset < 0 || offset > end) {
                throw new NoSuchPartitionException("partition " + partition + " of " + Topics.events(shard)
                        + " ends at " + end + ", before " + offset);
            }
        });
    }

    /** A consumer that stands where the spans say. */
    Consumer<byte[], byte[]> open(String shard, Map<Integer, Span> spans, int batchSize) {
        Properties overrides = new Properties();
        overrides.setProperty(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, String.valueOf(batchSize));
        Consumer<byte[], byte[]> consumer = consumers.createConsumer(null, null, "-" + shard, overrides);
        String topic = Topics.events(shard);
        Map<TopicPartition, Long> open = new HashMap<>();
        spans.forEach((partition, span) -> {
            if (span.left() > 0) {
                open.put(new TopicPartition(topic, partition), span.next());
            }
        });
        consumer.assign(open.keySet());
        open.forEach(consumer::seek);
        return consumer;
    }
}
