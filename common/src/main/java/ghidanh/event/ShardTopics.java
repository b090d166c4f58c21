package ghidanh.event;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a shard's topics where they are missing, before a first event lets the broker make them its own way. Never changes
 * one that is there, and never minds another instance that makes the same.
 */
public final class ShardTopics {

    private static final Logger LOG = LoggerFactory.getLogger(ShardTopics.class);

    private final Map<String, Object> client;
    private final TopicSettings settings;

    /**
     * Nothing is asked yet.
     *
     * @param client settings of an admin client
     * @param patience longest wait for an answer; {@link #make} asks two or three questions
     */
    public ShardTopics(Map<String, Object> client, TopicSettings settings, Duration patience) {
        this.client = new HashMap<>(client);
        this.client.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) patience.toMillis());
        this.client.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) patience.toMillis());
        this.settings = settings;
    }

    /**
     * Makes the topics of a shard if need be.
     *
     * @return partitions of the events' topic; those asked for, if another instance makes it at this moment
     * @throws KafkaException if Kafka does not answer or refuses; another attempt may do better
     */
    public int make(String shard) throws InterruptedException {
        String events = Topics.events(shard);
        try (Admin admin = Admin.create(client)) {
            Set<String> existing = admin.listTopics().names().get();
            List<NewTopic> missing = settings.topicsOf(shard).stream()
                    .filter(topic -> !existing.contains(topic.name()))
                    .toList();
            create(admin, missing);
            for (NewTopic made : missing) {
                // Not asked for: a broker may not know yet what it has just made.
                if (made.name().equals(events)) {
                    return made.numPartitions();
                }
            }
            var described =
                    admin.describeTopics(List.of(events)).allTopicNames().get();
            return Objects.requireNonNull(described.get(events)).partitions().size();
        } catch (ExecutionException e) {
            throw new KafkaException(String.valueOf(e.getCause()), e.getCause());
        }
    }

    private static void create(Admin admin, List<NewTopic> topics) throws ExecutionException, InterruptedException {
        var created = admin.createTopics(topics).values();
        for (NewTopic topic : topics) {
            try {
                Objects.requireNonNull(created.get(topic.name())).get();
                LOG.info("Made topic {} with {} partitions", topic.name(), topic.numPartitions());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
    }
}
