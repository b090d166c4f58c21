package ghidanh.sync.sweep;

import ghidanh.event.Topics;
import java.time.Clock;
import java.time.Instant;
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
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * How far a shard's events have been applied, by all instances together. A row whose event is still on its way is not the
 * sweeper's: it would only do the listener's work twice, and hide the row's lag.
 */
class EventProgress {

    private static final long PATIENCE_SECONDS = 10;

    private final Admin admin;
    private final Clock clock;
    private final Map<String, Mark> marks = new ConcurrentHashMap<>();

    /** Where a shard's topic ended at some moment. */
    private record Mark(Instant at, Map<TopicPartition, Long> ends) {}

    EventProgress(Admin admin, Clock clock) {
        this.admin = admin;
        this.clock = clock;
    }

    /**
     * The moment of the last call for this shard, if every event that Kafka had then has been applied by now; empty if some
     * have not, and at the first call.
     */
    Optional<Instant> appliedUntil(String shard) throws ExecutionException, TimeoutException, InterruptedException {
        Map<TopicPartition, Long> committed = committed(shard);
        Instant now = clock.instant();
        Mark last = marks.put(shard, new Mark(now, ends(shard)));
        return last != null
                        && last.ends().entrySet().stream()
                                .allMatch(end -> committed.getOrDefault(end.getKey(), 0L) >= end.getValue())
                ? Optional.of(last.at())
                : Optional.empty();
    }

    private Map<TopicPartition, Long> committed(String shard)
            throws ExecutionException, TimeoutException, InterruptedException {
        // A partition without an offset has none, or a null.
        return admin
                .listConsumerGroupOffsets("sync-" + shard)
                .partitionsToOffsetAndMetadata()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .entrySet()
                .stream()
                .filter(entry -> entry.getValue() != null)
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> offset(entry.getValue())));
    }

    private static long offset(OffsetAndMetadata offset) {
        return offset.offset();
    }

    private Map<TopicPartition, Long> ends(String shard)
            throws ExecutionException, TimeoutException, InterruptedException {
        String topic = Topics.events(shard);
        TopicDescription description = admin.describeTopics(List.of(topic))
                .topicNameValues()
                .values()
                .iterator()
                .next()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        Map<TopicPartition, OffsetSpec> latest = description.partitions().stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> found =
                admin.listOffsets(latest).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return found.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().offset()));
    }
}
