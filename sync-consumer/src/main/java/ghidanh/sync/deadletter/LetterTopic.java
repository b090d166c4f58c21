package ghidanh.sync.deadletter;

import ghidanh.event.Topics;
import ghidanh.sync.kafka.ByteConsumers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.stereotype.Component;

/**
 * The dead letter topic of a shard, read as what is still open: letters less those that a later record of the topic
 * settles. The topic is its own book-keeping, so any instance can list and redrive, and nothing else has to agree with it.
 *
 * <p>Read from its end, a chunk at a time: the newest letters come first however long the topic is, and memory holds one chunk.
 */
@Component
class LetterTopic {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int CHUNK = 5_000;

    /** Letters beyond are not looked for: half a minute's reading. */
    private static final long MOST_READ = 5_000_000;

    /** Events whose letters are remembered, since two letters that were written around a crash lie close together. */
    private static final int SOURCES = 10_000;

    private final ConsumerFactory<byte[], byte[]> consumers;
    private final ConfirmedSender sender;
    private final Properties overrides = new Properties();

    LetterTopic(ByteConsumers consumers, ConfirmedSender sender) {
        this.consumers = consumers.ofNoGroup("dead-letters");
        this.sender = sender;
        // Else each chunk would wait until the broker has no more to hope for behind the one before.
        this.overrides.setProperty(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "1");
    }

    /**
     * Visits the open letters, newest first; two letters for one event, written around a crash, are one.
     *
     * @param visitor says whether it wants more
     * @throws BrokerUnavailableException if Kafka does not answer
     */
    void visit(String shard, Predicate<ConsumerRecord<byte[], byte[]>> visitor) {
        TopicPartition letters = new TopicPartition(Topics.deadLetters(shard), 0);
        Set<TopicPartition> only = Set.of(letters);
        try (Consumer<byte[], byte[]> consumer = consumers.createConsumer(null, null, null, overrides)) {
            consumer.assign(only);
            long first = offset(consumer.beginningOffsets(only, PATIENCE), letters);
            long end = offset(consumer.endOffsets(only, PATIENCE), letters);
            first = Math.max(first, end - MOST_READ);
            BitSet settled = new BitSet();
            Set<OpenLetter.Source> known = Collections.newSetFromMap(new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<OpenLetter.Source, Boolean> eldest) {
                    return size() > SOURCES;
                }
            });
            while (end > first) {
                long begin = Math.max(first, end - CHUNK);
                List<ConsumerRecord<byte[], byte[]>> chunk = read(consumer, letters, begin, end);
                for (ConsumerRecord<byte[], byte[]> record : chunk) {
                    settle(record, first, settled);
                }
                for (int i = chunk.size() - 1; i >= 0; i--) {
                    ConsumerRecord<byte[], byte[]> letter = chunk.get(i);
                    if (isLetter(letter)
                            && known.add(OpenLetter.source(letter))
                            && !settled.get((int) (letter.offset() - first))
                            && !visitor.test(letter)) {
                        return;
                    }
                }
                end = begin;
            }
        } catch (KafkaException e) {
            throw new BrokerUnavailableException("Kafka does not give the dead letters: " + e.getMessage(), e);
        }
    }

    /** Notes that these letters are open no more. */
    void settle(String shard, List<Long> offsets) {
        RecordHeaders headers = new RecordHeaders();
        DeadLetterHeaders.put(headers, DeadLetterHeaders.SETTLES, offsets.size());
        byte[] value =
                String.join(",", offsets.stream().map(String::valueOf).toList()).getBytes(StandardCharsets.US_ASCII);
        sender.send(List.of(new ProducerRecord<byte[], byte[]>(Topics.deadLetters(shard), 0, null, value, headers)));
    }

    private static boolean isLetter(ConsumerRecord<byte[], byte[]> record) {
        return record.headers().lastHeader(DeadLetterHeaders.SETTLES) == null;
    }

    private static void settle(ConsumerRecord<byte[], byte[]> record, long first, BitSet settled) {
        if (!isLetter(record)) {
            for (String offset : new String(record.value(), StandardCharsets.US_ASCII).split(",")) {
                long from = Long.parseLong(offset) - first;
                if (from >= 0) {
                    settled.set((int) from);
                }
            }
        }
    }

    /** In the order of the offsets. */
    private static List<ConsumerRecord<byte[], byte[]>> read(
            Consumer<byte[], byte[]> consumer, TopicPartition letters, long begin, long end) {
        consumer.seek(letters, begin);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (consumer.position(letters, PATIENCE) < end) {
            if (System.nanoTime() > deadline) {
                throw new KafkaException(letters + " was not read up to " + end + " in " + PATIENCE.toSeconds() + " s");
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < end) {
                    records.add(record);
                }
            }
        }
        return records;
    }

    private static long offset(Map<TopicPartition, Long> offsets, TopicPartition partition) {
        return Objects.requireNonNull(offsets.get(partition));
    }
}
