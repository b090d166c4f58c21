package ghidanh.sync.deadletter;

import ghidanh.event.EventLog;
import ghidanh.event.Topics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Writes dead letters. At least once: a crash before the source's offset is committed writes the same letter again, and
 * {@link DeadLetters} shows the two as one.
 *
 * <p>{@code registration.sync.dead.letters} (counter, reason): written here. Any increase deserves a look.
 */
@Component
public class DeadLetterWriter {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterWriter.class);

    private final ConfirmedSender sender;
    private final MeterRegistry meters;

    DeadLetterWriter(ConfirmedSender sender, MeterRegistry meters) {
        this.sender = sender;
        this.meters = meters;
        Stream.of(Reason.values()).forEach(this::counter);
    }

    /**
     * Writes the letters to the shard's dead letter topic and waits until Kafka has them all.
     *
     * @throws BrokerUnavailableException if Kafka does not confirm one; others may have been written
     */
    public void write(String shard, List<DeadLetter> letters) {
        if (letters.isEmpty()) {
            return;
        }
        sender.send(letters.stream().map(letter -> record(shard, letter)).toList());
        for (DeadLetter letter : letters) {
            counter(letter.reason()).increment();
            tell(letter);
        }
    }

    private static void tell(DeadLetter letter) {
        try (EventLog fields = EventLog.of(letter.event())) {
            LOG.warn(
                    "Dead letter from {} after {} attempts: {}",
                    fields.id(),
                    letter.attempts(),
                    letter.reason().tag());
            LOG.debug("Dead letter from {}: {}", fields.id(), letter.message());
        }
    }

    private static ProducerRecord<byte[], byte[]> record(String shard, DeadLetter letter) {
        ConsumerRecord<byte[], byte[]> event = letter.event();
        RecordHeaders headers = new RecordHeaders(event.headers().toArray());
        DeadLetterHeaders.put(headers, DeadLetterHeaders.REASON, letter.reason().tag());
        DeadLetterHeaders.put(headers, DeadLetterHeaders.MESSAGE, letter.message());
        DeadLetterHeaders.put(headers, DeadLetterHeaders.TOPIC, event.topic());
        DeadLetterHeaders.put(headers, DeadLetterHeaders.PARTITION, event.partition());
        DeadLetterHeaders.put(headers, DeadLetterHeaders.OFFSET, event.offset());
        DeadLetterHeaders.put(headers, DeadLetterHeaders.ATTEMPTS, letter.attempts());
        DeadLetterHeaders.put(
                headers, DeadLetterHeaders.REDRIVES, DeadLetterHeaders.number(headers, DeadLetterHeaders.REDRIVES));
        return new ProducerRecord<>(Topics.deadLetters(shard), null, event.key(), event.value(), headers);
    }

    private Counter counter(Reason reason) {
        return Counter.builder("registration.sync.dead.letters")
                .description("Events given up on")
                .tag("reason", reason.tag())
                .register(meters);
    }
}
