package ghidanh.sync;

import ghidanh.event.ChangeEvent;
import ghidanh.event.Entity;
import ghidanh.event.EventJson;
import ghidanh.event.Headers;
import ghidanh.event.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends events as the relay would. */
@SuppressWarnings("FutureReturnValueIgnored") // Whoever sends waits for what the event brings about.
final class EventSender implements AutoCloseable {

    private final KafkaProducer<byte[], byte[]> producer;

    EventSender(String bootstrapServers) {
        producer = new KafkaProducer<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                // With more, a partition that is just being made can refuse the first request as out of order for ever.
                ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                1,
                ProducerConfig.LINGER_MS_CONFIG,
                0));
    }

    void send(String shard, Entity entity, long id) {
        ChangeEvent event = new ChangeEvent(shard, entity, id);
        ProducerRecord<byte[], byte[]> record = record(shard, event.key(), EventJson.write(event));
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        record.headers()
                .add(Headers.COMMITTED, ascii(now - 3_000))
                .add(Headers.CLAIMED, ascii(now - 2_000))
                .add(Headers.SENT, ascii(now - 1_000));
        producer.send(record);
    }

    void sendRaw(String shard, String key, byte[] value) {
        producer.send(record(shard, key, value));
    }

    @Override
    public void close() {
        producer.close();
    }

    private static ProducerRecord<byte[], byte[]> record(String shard, String key, byte[] value) {
        return new ProducerRecord<>(Topics.events(shard), key.getBytes(StandardCharsets.UTF_8), value);
    }

    private static byte[] ascii(long number) {
        return String.valueOf(number).getBytes(StandardCharsets.US_ASCII);
    }
}
