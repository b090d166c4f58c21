package ghidanh.registration.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghidanh.event.EventJson;
import ghidanh.event.Headers;
import ghidanh.event.ShardTopics;
import ghidanh.event.TopicSettings;
import ghidanh.event.Topics;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the events of one shard to its topic.
 *
 * <p>Memory is bounded: at most one batch is on its way, and the producer refuses more than its buffer. Each shard has a
 * producer of its own, so that one that failed for good is replaced without touching another shard's batch. Not
 * thread-safe.
 */
class EventPublisher implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EventPublisher.class);

    // A batch of 2,000 is about 400 kB; the largest allowed, 10,000 rows, still fits many times over.
    private static final long BUFFER_BYTES = 16 << 20;

    // Some hundred events a request: with the default of 16 kB, requests cost more than their content.
    private static final int REQUEST_BYTES = 128 << 10;

    private final String shard;
    private final String topic;
    private final Map<String, Object> producerConfig;
    private final ShardTopics topics;
    private final RelayMetrics metrics;
    private boolean topicsReady;
    private @Nullable KafkaProducer<byte[], byte[]> producer;
    private @Nullable KafkaClientMetrics producerMetrics;

    EventPublisher(
            String shard, KafkaAccess kafka, TopicSettings topics, RelaySettings settings, RelayMetrics metrics) {
        this.shard = shard;
        this.topic = Topics.events(shard);
        this.metrics = metrics;
        this.producerConfig = producerConfig(shard, kafka, settings);
        // A few questions, which together fit into the silence that the shard allows its relay.
        this.topics = new ShardTopics(kafka.admin(), topics, settings.touchInterval());
    }

    private static Map<String, Object> producerConfig(String shard, KafkaAccess kafka, RelaySettings settings) {
        Duration request = settings.deliveryTimeout().minus(settings.linger()).dividedBy(2);
        Map<String, Object> config = new HashMap<>();
        // Costs no throughput here, and the topic keeps its events for ever.
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        config.putAll(kafka.producer());
        config.put(ProducerConfig.CLIENT_ID_CONFIG, "relay-" + shard);
        config.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        config.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        // More would break the order on a partition that is just being made: its broker refuses the first request,
        // takes the second, and then refuses the first for ever (OUT_OF_ORDER_SEQUENCE_NUMBER until the timeout).
        config.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        config.put(ProducerConfig.LINGER_MS_CONFIG, settings.linger().toMillis());
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, REQUEST_BYTES);
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, settings.touchInterval().toMillis());
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) request.toMillis());
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int)
                settings.deliveryTimeout().toMillis());
        return config;
    }

    /**
     * Hands all rows of a batch to the producer, in order. Returns without waiting for answers.
     *
     * @throws PublishFailedException if Kafka is out of reach; nothing was sent
     */
    Publication publish(Batch batch) throws InterruptedException {
        KafkaProducer<byte[], byte[]> open = open();
        List<OutboxRow> rows = batch.rows();
        Publication publication = new Publication(rows);
        byte[] claimed = micros(batch.readAt());
        for (int i = 0; i < rows.size(); i++) {
            if (publication.failure() == null) {
                send(open, rows.get(i), claimed, batch.nowMicros(), publication, i);
            } else {
                // Each further send could block for as long as the failed one did.
                publication.answered(i, publication.failure());
            }
        }
        return publication;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback hears the same
    private void send(
            KafkaProducer<byte[], byte[]> open,
            OutboxRow row,
            byte[] claimed,
            long now,
            Publication publication,
            int index) {
        ProducerRecord<byte[], byte[]> event =
                new ProducerRecord<>(topic, row.event().key().getBytes(UTF_8), EventJson.write(row.event()));
        event.headers()
                .add(Headers.COMMITTED, micros(row.committedAt()))
                .add(Headers.CLAIMED, claimed)
                .add(Headers.SENT, micros(now));
        if (row.traceparent() != null) {
            event.headers().add(Headers.TRACEPARENT, row.traceparent().getBytes(UTF_8));
        }
        if (row.actor() != null) {
            event.headers().add(Headers.ACTOR, row.actor().getBytes(UTF_8));
        }
        long start = System.nanoTime();
        try {
            open.send(event, (record, error) -> {
                if (error == null) {
                    metrics.acknowledged(System.nanoTime() - start);
                } else {
                    metrics.failed(System.nanoTime() - start);
                }
                publication.answered(index, error);
            });
        } catch (KafkaException e) {
            // Thrown instead of answered: the producer took nothing and will not call back.
            metrics.failed(System.nanoTime() - start);
            publication.answered(index, e);
        }
    }

    private static byte[] micros(long time) {
        return Long.toString(time).getBytes(UTF_8);
    }

    /**
     * Creates the topic where it is missing and connects, so that the first event need not wait for it.
     *
     * @throws PublishFailedException if Kafka is out of reach
     */
    void connect() throws InterruptedException {
        open();
    }

    private KafkaProducer<byte[], byte[]> open() throws InterruptedException {
        try {
            if (!topicsReady) {
                topics.make(shard);
                topicsReady = true;
            }
            KafkaProducer<byte[], byte[]> open = producer;
            if (open == null) {
                open = new KafkaProducer<>(producerConfig);
                producer = open;
                producerMetrics = metrics.bind(open);
                open.partitionsFor(topic);
            }
            return open;
        } catch (KafkaException e) {
            throw new PublishFailedException("Kafka is out of reach: " + e.getMessage(), e);
        }
    }

    /** Prepares for another attempt after a failure. */
    void recover(Throwable failure) {
        if (failure instanceof UnknownTopicOrPartitionException
                || failure.getCause() instanceof UnknownTopicOrPartitionException) {
            topicsReady = false;
        }
        if (!(failure instanceof RetriableException)) {
            close();
        }
    }

    /** Gives up what is on its way. */
    @Override
    public void close() {
        KafkaClientMetrics boundMetrics = producerMetrics;
        KafkaProducer<byte[], byte[]> open = producer;
        producerMetrics = null;
        producer = null;
        if (boundMetrics != null) {
            boundMetrics.close();
        }
        if (open != null) {
            try {
                open.close(Duration.ZERO);
            } catch (KafkaException e) {
                log.warn("Shard {}: a producer did not close properly", shard, e);
            }
        }
    }
}
