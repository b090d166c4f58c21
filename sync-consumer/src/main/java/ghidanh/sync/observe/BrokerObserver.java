package ghidanh.sync.observe;

import ghidanh.database.Obstacle;
import ghidanh.database.Trouble;
import ghidanh.event.Topics;
import ghidanh.sync.kafka.BrokerOffsets;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
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
class BrokerObserver implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerObserver.class);

    private final BrokerOffsets offsets;
    private final List<String> shards;
    private final MeterRegistry meters;
    private final Map<TopicPartition, Double> lags = new ConcurrentHashMap<>();
    private final Map<String, Double> depths = new ConcurrentHashMap<>();
    private final Map<String, Trouble> troubles = new ConcurrentHashMap<>();
    private final Clock clock;
    private final Answering answering;

    BrokerObserver(BrokerOffsets offsets, List<String> shards, Clock clock, MeterRegistry meters) {
        this.offsets = offsets;
        this.clock = clock;
        this.answering = new Answering(clock);
        this.shards = shards;
        this.meters = meters;
    }

    void measure() throws InterruptedException {
        Instant begun = clock.instant();
        for (String shard : shards) {
            try {
                measure(shard);
                troubles.remove(shard);
            } catch (KafkaException e) {
                LOG.debug("Kafka was not measured for shard {}: {}", shard, e.getMessage());
                failed(shard, e);
                if (hasSaidNothingSince(begun)) {
                    // Asking for the other shards would wait as long, and cost as much.
                    forget(topic -> true);
                    return;
                }
                forget(topic -> topic.equals(Topics.events(shard)) || topic.equals(Topics.deadLetters(shard)));
            }
        }
    }

    /** Not even which partitions there are, which any broker knows, and so was silent before. */
    private boolean hasSaidNothingSince(Instant begun) {
        return answering
                .trouble()
                .filter(trouble -> trouble.since().isBefore(begun))
                .isPresent();
    }

    private void forget(Predicate<String> topics) {
        lags.replaceAll((partition, lag) -> topics.test(partition.topic()) ? Double.valueOf(Double.NaN) : lag);
        depths.replaceAll((topic, depth) -> topics.test(topic) ? Double.valueOf(Double.NaN) : depth);
    }

    /** What Kafka refuses it has answered: that is of this shard's topics alone. */
    private void failed(String shard, KafkaException e) {
        Obstacle obstacle = obstacle(e);
        String message = String.valueOf(e.getMessage());
        if (obstacle == Obstacle.SILENT) {
            answering.failed(obstacle, message);
            troubles.remove(shard);
        } else {
            answering.answered();
            troubles.merge(
                    shard, new Trouble(clock.instant(), obstacle, message), (earlier, now) -> now.after(earlier));
        }
    }

    private static Obstacle obstacle(KafkaException e) {
        Throwable cause = e.getCause();
        if (cause instanceof UnknownTopicOrPartitionException) {
            return Obstacle.INCOMPLETE;
        }
        if (cause instanceof AuthenticationException || cause instanceof AuthorizationException) {
            return Obstacle.LOGIN;
        }
        return cause instanceof RetriableException ? Obstacle.SILENT : Obstacle.OTHER;
    }

    boolean hesitates() {
        return answering.hesitates();
    }

    /** Of the broker, or of a shard's topics; empty while both are well. */
    Optional<Trouble> trouble(String shard) {
        return answering.trouble().or(() -> Optional.ofNullable(troubles.get(shard)));
    }

    /** Asks, and notes that there was an answer. */
    private <T> T ask(Question<T> question) throws InterruptedException {
        answering.asks();
        T answer = question.ask();
        answering.answered();
        return answer;
    }

    /** A question to the broker. */
    private interface Question<T> {

        T ask() throws InterruptedException;
    }

    private void measure(String shard) throws InterruptedException {
        String events = Topics.events(shard);
        String deadLetters = Topics.deadLetters(shard);
        List<TopicPartition> partitions = ask(() -> offsets.partitions(events, deadLetters));
        Map<TopicPartition, Long> begins = ask(() -> offsets.begins(partitions));
        Map<TopicPartition, Long> committed = ask(() -> offsets.committed(shard));
        // Ends last: a lag is rather too large than negative.
        Map<TopicPartition, Long> ends = ask(() -> offsets.ends(partitions));
        double depth = 0;
        for (TopicPartition partition : partitions) {
            long begin = begins.getOrDefault(partition, 0L);
            long end = ends.getOrDefault(partition, begin);
            if (partition.topic().equals(events)) {
                // Before the first commit everything is still to be read.
                showLag(partition, Math.max(0, end - committed.getOrDefault(partition, begin)));
            } else {
                depth += end - begin;
            }
        }
        showDepth(deadLetters, depth);
    }

    /** Events of a shard that wait in Kafka; NaN while that is not known. */
    double waiting(String shard) {
        double[] known = lags.entrySet().stream()
                .filter(lag -> lag.getKey().topic().equals(Topics.events(shard)))
                .mapToDouble(Map.Entry::getValue)
                .toArray();
        return known.length == 0 ? Double.NaN : DoubleStream.of(known).sum();
    }

    /** Records of a shard's dead letter topic; NaN while that is not known. */
    double depth(String shard) {
        return depths.getOrDefault(Topics.deadLetters(shard), Double.NaN);
    }

    private void showLag(TopicPartition partition, double lag) {
        if (!lags.containsKey(partition)) {
            Gauge.builder("registration.consumer.group.lag", lags, all -> all.getOrDefault(partition, Double.NaN))
                    .description("End offset minus committed offset, from the broker; NaN while it cannot be asked")
                    .baseUnit("records")
                    .tag("topic", partition.topic())
                    .tag("partition", String.valueOf(partition.partition()))
                    .register(meters);
        }
        lags.put(partition, lag);
    }

    private void showDepth(String topic, double depth) {
        if (!depths.containsKey(topic)) {
            Gauge.builder("registration.dlt.depth", depths, all -> all.getOrDefault(topic, Double.NaN))
                    .description("Records of the dead letter topic; NaN while the broker cannot be asked")
                    .baseUnit("records")
                    .tag("topic", topic)
                    .register(meters);
        }
        depths.put(topic, depth);
    }

    @Override
    public void close() {
        offsets.close();
    }
}
