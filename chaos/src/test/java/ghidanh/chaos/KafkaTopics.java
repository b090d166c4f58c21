package ghidanh.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import ghidanh.event.ChangeEvent;
import ghidanh.event.Entity;
import ghidanh.event.EventJson;
import ghidanh.event.Topics;
import ghidanh.servers.ServiceProcess;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The shards' topics: replays and shuffles of them, and how many dead letters there are. */
final class KafkaTopics {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MOST_SHUFFLED = 5_000;
    private static final int REPLAYED_PER_SECOND = 1_000;

    private final RunningSystem system;
    private final History history;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();

    KafkaTopics(RunningSystem system, History history) {
        this.system = system;
        this.history = history;
    }

    Victim of(String shard) {
        return new Topic(shard);
    }

    /** Why a shard's events were given up on, one for each dead letter, open or not. */
    List<String> deadLetters(String shard) {
        return read(Topics.deadLetters(shard)).stream()
                .map(letter -> new String(
                        letter.headers().lastHeader("ghidanh-dead-reason").value(), UTF_8))
                .toList();
    }

    private List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        List<ConsumerRecord<byte[], byte[]>> events = new ArrayList<>();
        try (var consumer = new KafkaConsumer<byte[], byte[]>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                system.kafka().bootstrapServers(),
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                (int) PATIENCE.toMillis()))) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (System.nanoTime() < deadline
                    && ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(events::add);
            }
            if (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                throw new KafkaException("not all events of " + topic + " could be read");
            }
        }
        return events;
    }

    /** The numbers of all registrations that the topic has events of. */
    Set<Long> registrations(String shard) {
        return read(Topics.events(shard)).stream()
                .map(record -> EventJson.read(record.value()))
                .filter(event -> event.entity() == Entity.REGISTRATION)
                .map(ChangeEvent::id)
                .collect(Collectors.toSet());
    }

    private final class Topic implements Victim {

        private final String shard;

        Topic(String shard) {
            this.shard = shard;
        }

        @Override
        public String begin(Fault fault) throws Exception {
            return switch (fault.kind()) {
                case REPLAY -> replay(fault);
                case SHUFFLE -> shuffle(fault);
                case DELETE -> delete();
                default -> throw new IllegalArgumentException(fault.toString());
            };
        }

        @Override
        public void end(Fault fault) {
            // Goes on by itself.
        }

        private String replay(Fault fault) throws InterruptedException {
            List<ServiceProcess> consumers = system.syncConsumers();
            ServiceProcess asked = consumers.get((int) (fault.draw() * consumers.size()));
            var request = HttpRequest.newBuilder(asked.address().resolve("/api/replays"))
                    .header("Content-Type", "application/json")
                    .timeout(Duration.ofSeconds(10))
                    .POST(BodyPublishers.ofString("""
                            {"shard":"%s","from":"earliest","dryRun":false,"maxPerSecond":%d,"reason":"chaos"}
                            """.formatted(shard, REPLAYED_PER_SECOND)))
                    .build();
            try {
                int status = http.send(request, BodyHandlers.discarding()).statusCode();
                return switch (status) {
                    case 202 -> "started";
                    case 409, 503 -> "refused with " + status; // one runs already, or another fault was there first
                    default -> throw new IllegalStateException("a replay is answered with " + status);
                };
            } catch (IOException e) {
                return "not started: " + e; // another fault was there first
            }
        }

        private String delete() throws InterruptedException {
            try (var admin =
                    Admin.create(Map.of("bootstrap.servers", system.kafka().bootstrapServers()))) {
                Optional<Uuid> deleted = id(admin);
                admin.deleteTopics(List.of(Topics.events(shard))).all().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                // The broker goes on taking events of it until it has heard of that.
                await().atMost(PATIENCE).until(() -> !id(admin).equals(deleted));
                return "";
            } catch (ExecutionException | TimeoutException e) {
                return "given up: " + e.getMessage(); // another fault was there first
            } finally {
                history.eventsLost(shard);
            }
        }

        /** None while there is no such topic. */
        private Optional<Uuid> id(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
            try {
                return Optional.of(admin.describeTopics(List.of(Topics.events(shard)))
                        .allTopicNames()
                        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .values()
                        .iterator()
                        .next()
                        .topicId());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                    return Optional.empty();
                }
                throw e;
            }
        }

        private String shuffle(Fault fault) {
            String topic = Topics.events(shard);
            try {
                List<ConsumerRecord<byte[], byte[]>> events = read(topic);
                Collections.shuffle(events, new Random(Double.doubleToLongBits(fault.draw())));
                int sent = Math.min(events.size(), MOST_SHUFFLED);
                send(events.subList(0, sent));
                return sent + " of " + events.size() + " events";
            } catch (KafkaException e) {
                return "given up: " + e.getMessage(); // another fault was there first
            }
        }

        private void send(List<ConsumerRecord<byte[], byte[]>> events) {
            try (var producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", system.kafka().bootstrapServers()),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                List<Future<RecordMetadata>> sends = events.stream()
                        .map(event -> producer.send(new ProducerRecord<>(
                                event.topic(), event.partition(), event.key(), event.value(), event.headers())))
                        .toList();
                producer.flush();
                for (Future<RecordMetadata> send : sends) {
                    send.get();
                }
            } catch (ExecutionException e) {
                throw new KafkaException("not all events were taken", e.getCause());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
