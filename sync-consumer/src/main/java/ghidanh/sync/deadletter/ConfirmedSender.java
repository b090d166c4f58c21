package ghidanh.sync.deadletter;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.stereotype.Component;

/** Sends records and waits for all of them. Thread-safe. */
@Component
class ConfirmedSender implements AutoCloseable {

    /** Beyond the producer's own delivery timeout, which this service's settings keep below it. */
    private static final long PATIENCE_SECONDS = 30;

    private final ProducerFactory<byte[], byte[]> producers;

    @SuppressWarnings("unchecked") // with the serializers that are set here
    ConfirmedSender(ProducerFactory<?, ?> configured) {
        this.producers = (ProducerFactory<byte[], byte[]>) configured.copyWithConfigurationOverride(Map.of(
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class,
                ProducerConfig.ACKS_CONFIG, "all"));
    }

    /** @throws BrokerUnavailableException if one is not confirmed in time; others may have been written */
    void send(List<ProducerRecord<byte[], byte[]>> records) {
        // A proxy of the factory's one producer: closing it gives it back.
        try (Producer<byte[], byte[]> producer = producers.createProducer()) {
            List<Future<RecordMetadata>> sends =
                    records.stream().map(producer::send).collect(Collectors.toList());
            for (Future<RecordMetadata> send : sends) {
                send.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerUnavailableException("interrupted while Kafka had not confirmed", e);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw new BrokerUnavailableException(
                    "Kafka does not confirm a record for " + records.get(0).topic() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        producers.reset();
    }
}
