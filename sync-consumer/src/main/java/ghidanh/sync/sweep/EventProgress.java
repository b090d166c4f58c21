package ghidanh.sync.sweep;

import ghidanh.event.Topics;
import ghidanh.sync.kafka.BrokerOffsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * How far a shard's events have been applied, by all instances together. A row whose event is still on its way is not the
 * sweeper's: it would only do the listener's work twice, and hide the row's lag.
 */
class EventProgress {

    private final BrokerOffsets offsets;
    private final Clock clock;
    private final Map<String, Ends> ends = new ConcurrentHashMap<>();

    /** Where a shard's topic ended at some moment. */
    private record Ends(Instant at, Map<TopicPartition, Long> offsets) {}

    EventProgress(BrokerOffsets offsets, Clock clock) {
        this.offsets = offsets;
        this.clock = clock;
    }

    /**
     * The moment of the last call for this shard, if every event that Kafka had then has been applied by now; empty if some
     * have not, and at the first call.
     *
     * @throws KafkaException if Kafka does not answer
     */
    Optional<Instant> appliedUntil(String shard) throws InterruptedException {
        Map<TopicPartition, Long> committed = offsets.committed(shard);
        Instant now = clock.instant();
        Ends last = ends.put(shard, new Ends(now, offsets.ends(offsets.partitions(Topics.events(shard)))));
        return last != null
                        && last.offsets().entrySet().stream()
                                .allMatch(end -> committed.getOrDefault(end.getKey(), 0L) >= end.getValue())
                ? Optional.of(last.at())
                : Optional.empty();
    }
}
