package ghidanh.registration.outbox;

import ghidanh.event.TopicSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the topics of a shard, before a first event lets the broker make them its own way. Existing ones are left alone. */
class MissingTopics {

    private static final Logger log = LoggerFactory.getLogger(MissingTopics.class);

    private final String shard;
    private final TopicSettings topics;
    private final Map<String, Object> config;

    MissingTopics(String shard, KafkaAccess kafka, TopicSettings topics, RelaySettings settings) {
        this.shard = shard;
        this.topics = topics;
        // Two questions, which together fit into the silence that the shard allows its relay.
        int timeout = (int) settings.touchInterval().toMillis();
        this.config = new HashMap<>(kafka.admin());
        config.put(AdminClientConfig.CLIENT_ID_CONFIG, "relay-" + shard + "-topics");
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeout);
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeout);
    }

    /** @throws KafkaException if Kafka does not answer or refuses; another attempt may do better */
    void create() throws InterruptedException {
        try (Admin admin = Admin.create(config)) {
            Set<String> existing = admin.listTopics().names().get();
            List<NewTopic> missing = topics.topicsOf(shard).stream()
                    .filter(wanted -> !existing.contains(wanted.name()))
                    .toList();
            if (!missing.isEmpty()) {
                admin.createTopics(missing).all().get();
                log.info("Shard {}: created {}", shard, missing);
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) {
                throw new KafkaException("another instance is making the topics", e.getCause());
            }
            throw new KafkaException(String.valueOf(e.getCause()), e.getCause());
        }
    }
}
