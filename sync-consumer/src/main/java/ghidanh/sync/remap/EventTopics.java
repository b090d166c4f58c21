package ghidanh.sync.remap;

import ghidanh.event.TopicSettings;
import ghidanh.event.Topics;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.stereotype.Component;

/** Makes a shard's topics where they are missing; never changes one that is there. */
@Component
class EventTopics {

    private static final Logger LOG = LoggerFactory.getLogger(EventTopics.class);
    private static final long PATIENCE_SECONDS = 15;

    private final Map<String, Object> client;
    private final TopicSettings settings;

    EventTopics(KafkaAdmin configured, TopicSettings settings) {
        this.client = configured.getConfigurationProperties();
        this.settings = settings;
    }

    /**
     * Makes the topics of a shard if need be.
     *
     * @return partitions of the events' topic
     * @throws ExecutionException what Kafka has against it, as the cause
     * @throws TimeoutException if Kafka does not answer
     */
    int make(String shard) throws ExecutionException, TimeoutException, InterruptedException {
        try (Admin admin = Admin.create(client)) {
            var existing = admin.listTopics().names().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            List<NewTopic> missing = settings.topicsOf(shard).stream()
                    .filter(topic -> !existing.contains(topic.name()))
                    .toList();
            create(admin, missing);
            String events = Topics.events(shard);
            for (NewTopic topic : missing) {
                // Not asked for: a broker may not know yet what it has just made.
                if (topic.name().equals(events)) {
                    return topic.numPartitions();
                }
            }
            Map<String, TopicDescription> described =
                    admin.describeTopics(List.of(events)).allTopicNames().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return Objects.requireNonNull(described.get(events)).partitions().size();
        }
    }

    private static void create(Admin admin, List<NewTopic> topics)
            throws ExecutionException, TimeoutException, InterruptedException {
        try {
            admin.createTopics(topics).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            topics.forEach(topic -> LOG.info("Made topic {} with {} partitions", topic.name(), topic.numPartitions()));
        } catch (ExecutionException e) {
            // The relay makes the same topics: whoever comes first.
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }
}
