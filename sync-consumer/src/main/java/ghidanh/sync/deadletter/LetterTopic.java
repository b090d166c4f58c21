package ghidanh.sync.deadletter;

import ghidanh.event.Topics;
import ghidanh.sync.kafka.ByteConsumers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.stereotype.Component;

/**
 * The dead letter topic of a shard, read as what is still open: letters less those that a later record of the topic
 * settles. The topic is its own book-keeping, so any instance can list and redrive, and nothing else has to agree with it.
 */
@Component
class LetterTopic {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(200);

    private final ConsumerFactory<byte[], byte[]> consumers;
    private final ConfirmedSender sender;

    LetterTopic(ByteConsumers consumers, ConfirmedSender sender) {
        this.consumers = consumers.ofNoGroup("dead-letters");
        this.sender = sender;
    }

    /**
     * Reads the open letters, oldest first; two letters for one event, written around a crash, are one.
     *
     * @throws BrokerUnavailableException if Kafka does not answer
     */
    List<ConsumerRecord<byte[], byte[]>> open(String shard) {
        // What is settled is let go of while reading, but for where it came from: a second letter of it may follow.
        Map<OpenLetter.Source, ConsumerRecord<byte[], byte[]>> letters = new LinkedHashMap<>();
        Map<Long, OpenLetter.Source> sources = new HashMap<>();
        Set<OpenLetter.Source> settled = new HashSet<>();
        readAll(Topics.deadLetters(shard), record -> {
            if (record.headers().lastHeader(DeadLetterHeaders.SETTLES) == null) {
                OpenLetter.Source source = OpenLetter.source(record);
                sources.put(record.offset(), source);
                if (!settled.contains(source)) {
                    letters.putIfAbsent(source, record);
                }
            } else {
                for (long offset : offsets(record.value())) {
                    OpenLetter.Source source = sources.get(offset);
                    if (source != null) {
                        settled.add(source);
                        letters.remove(source);
                    }
                }
            }
        });
        return List.copyOf(letters.values());
    }

    /** Notes that these letters are open no more. */
    void settle(String shard, List<Long> offsets) {
        RecordHeaders headers = new RecordHeaders();
        DeadLetterHeaders.put(headers, DeadLetterHeaders.SETTLES, offsets.size());
        byte[] value =
                String.join(",", offsets.stream().map(String::valueOf).toList()).getBytes(StandardCharsets.US_ASCII);
        sender.send(List.of(new ProducerRecord<byte[], byte[]>(Topics.deadLetters(shard), 0, null, value, headers)));
    }

    private static List<Long> offsets(byte[] value) {
        List<Long> offsets = new ArrayList<>();
        for (String offset : new String(value, StandardCharsets.US_ASCII).split(",")) {
            offsets.add(Long.parseLong(offset));
        }
        return offsets;
    }

    /** In the order of the offsets: the topic has one partition. */
    private void readAll(String topic, java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        try (Consumer<byte[], byte[]> consumer = consumers.createConsumer()) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic, PATIENCE).stream()
                    .map(LetterTopic::partition)
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (ends.entrySet().stream()
                    .anyMatch(end -> consumer.position(end.getKey(), PATIENCE) < end.getValue())) {
                if (System.nanoTime() > deadline) {
                    throw new KafkaException(topic + " was not read to its end in " + PATIENCE.toSeconds() + " s");
                }
                consumer.poll(POLL).forEach(reader);
            }
        } catch (KafkaException e) {
            throw new BrokerUnavailableException("Kafka does not give the dead letters: " + e.getMessage(), e);
        }
    }

    private static TopicPartition partition(PartitionInfo partition) {
        return new TopicPartition(partition.topic(), partition.partition());
    }
}
