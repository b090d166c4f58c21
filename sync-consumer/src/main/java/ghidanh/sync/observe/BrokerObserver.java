package ghidanh.sync.observe;

import ghidanh.event.Topics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures from the broker what waits there. The consumer's own figures vanish with the consumer, which is when one wants
 * them.
 *
 * <p>{@code registration.consumer.group.lag} (records, topic, partition): end offset minus committed offset of group {@code
 * sync-<shard>}.<br>
 * {@code registration.dlt.depth} (records, topic): records of a dead letter topic, the notes of settled letters included. Both
 * NaN while the broker cannot be asked.
 */
class BrokerObserver implements Measurement {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerObserver.class);

    private final Admin admin;
    private final List<String> shards;
    private final Duration patience;
    private final MeterRegistry meters;
    private final Map<TopicPartition, Double> lags = new ConcurrentHashMap<>();
    private final Map<String, Double> depths = new ConcurrentHashMap<>();

    BrokerObserver(Admin admin, List<String> shards, Duration patience, MeterRegistry meters) {
        this.admin = admin;
        this.shards = shards;
        this.patience = patience;
        this.meters = meters;
    }

    @Override
    public String name() {
        return "broker";
    }

    @Override
    public void measure() throws InterruptedException {
        for (String shard : shards) {
            try {
                measure(shard);
            } catch (ExecutionException | TimeoutException | KafkaException e) {
                LOG.debug("Kafka was not measured for shard {}: {}", shard, e.getMessage());
                lags.replaceAll((partition, lag) ->
                        partition.topic().equals(Topics.events(shard)) ? Double.valueOf(Double.NaN) : lag);
                depths.replaceAll(
                        (topic, depth) -> topic.equals(Topics.deadLetters(shard)) ? Double.valueOf(Double.NaN) : depth);
            }
        }
    }

    private void measure(String shard) throws ExecutionException, TimeoutException, InterruptedException {
        String events = Topics.events(shard);
        String deadLetters = Topics.deadLetters(shard);
        List<TopicPartition> partitions = partitions(List.of(events, deadLetters));
        Map<TopicPartition, Long> begins = offsets(partitions, OffsetSpec.earliest());
        Map<TopicPartition, OffsetAndMetadata> committed =
                answer(admin.listConsumerGroupOffsets("sync-" + shard).partitionsToOffsetAndMetadata());
        // Ends last: a lag is rather too large than negative.
        Map<TopicPartition, Long> ends = offsets(partitions, OffsetSpec.latest());
        double depth = 0;
        for (TopicPartition partition : partitions) {
            long begin = begins.getOrDefault(partition, 0L);
            long end = ends.getOrDefault(partition, begin);
            if (partition.topic().equals(events)) {
                // Before the first commit everything is still to be read.
                long next = Optional.ofNullable(committed.get(partition))
                        .map(OffsetAndMetadata::offset)
                        .orElse(begin);
                showLag(partition, Math.max(0, end - next));
            } else {
                depth += end - begin;
            }
        }
        showDepth(deadLetters, depth);
    }

    private List<TopicPartition> partitions(List<String> topics)
            throws ExecutionException, TimeoutException, InterruptedException {
        Map<String, TopicDescription> described =
                answer(admin.describeTopics(topics).allTopicNames());
        return described.values().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .toList();
    }

    private Map<TopicPartition, Long> offsets(List<TopicPartition> partitions, OffsetSpec which)
            throws ExecutionException, TimeoutException, InterruptedException {
        Map<TopicPartition, OffsetSpec> wanted =
                partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> which));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        answer(admin.listOffsets(wanted).all()).forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }

    private <T> T answer(KafkaFuture<T> future) throws ExecutionException, TimeoutException, InterruptedException {
        return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void showLag(TopicPartition partition, double lag) {
        if (lags.put(partition, lag) == null) {
            Gauge.builder("registration.consumer.group.lag", lags, all -> all.getOrDefault(partition, Double.NaN))
                    .description("End offset minus committed offset, from the broker; NaN while it cannot be asked")
                    .baseUnit("records")
                    .tag("topic", partition.topic())
                    .tag("partition", String.valueOf(partition.partition()))
                    .register(meters);
        }
    }

    private void showDepth(String topic, double depth) {
        if (depths.put(topic, depth) == null) {
            Gauge.builder("registration.dlt.depth", depths, all -> all.getOrDefault(topic, Double.NaN))
                    .description("Records of the dead letter topic; NaN while the broker cannot be asked")
                    .baseUnit("records")
                    .tag("topic", topic)
                    .register(meters);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
