package ghidanh.registration.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghidanh.event.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/** Reads a shard's topic from its beginning. */
final class TestTopic implements AutoCloseable {

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();

    TestTopic(String bootstrapServers, TestShard shard) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "group.id",
                        shard.name(),
                        "auto.offset.reset",
                        "earliest",
                        "metadata.max.age.ms",
                        "500"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.subscribe(List.of(Topics.events(shard.name())));
    }

    /** Waits for that many records, and returns all there are. */
    List<ConsumerRecord<byte[], byte[]>> await(int count) {
        waiting().until(() -> poll().size() >= count);
        return records;
    }

    /** Waits until every one of these registrations has an event. */
    void awaitRegistrations(int from, int to) {
        Set<String> missing = new TreeSet<>();
        for (int id = from; id <= to; id++) {
            missing.add("registration:" + id);
        }
        waiting().until(() -> {
            poll().forEach(event -> missing.remove(key(event)));
            return missing.isEmpty();
        });
    }

    private static ConditionFactory waiting() {
        return Awaitility.await()
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(30));
    }

    private List<ConsumerRecord<byte[], byte[]>> poll() {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
        return records;
    }

    ConsumerRecord<byte[], byte[]> first(String key) {
        return of(key).findFirst().orElseThrow();
    }

    Stream<ConsumerRecord<byte[], byte[]>> of(String key) {
        return records.stream().filter(event -> key(event).equals(key));
    }

    static String key(ConsumerRecord<byte[], byte[]> event) {
        return new String(event.key(), UTF_8);
    }

    static @Nullable String header(ConsumerRecord<byte[], byte[]> event, String name) {
        var header = event.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
