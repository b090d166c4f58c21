package ghidanh.sync.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.stereotype.Component;

/**
 * Consumers of events as bytes, as {@code spring.kafka.consumer} has them. They commit nothing by themselves, make no topic,
 * and begin at the earliest event where they have no offset, or one that the topic has no more.
 */
@Component
public class ByteConsumers {

    private final Map<String, Object> configured;

    ByteConsumers(ConsumerFactory<?, ?> configured) {
        this.configured = configured.getConfigurationProperties();
    }

    /** The group of a shard's listeners, over all instances. */
    public static String group(String shard) {
        return "sync-" + shard;
    }

    /** Consumers of the group that their container names. */
    public ConsumerFactory<byte[], byte[]> ofGroup() {
        return new GroupConsumers(config());
    }

    /** Consumers outside any group: they read beside the listeners, which never notice. */
    public ConsumerFactory<byte[], byte[]> ofNoGroup(String clientId) {
        Map<String, Object> config = config();
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        config.remove(ConsumerConfig.GROUP_PROTOCOL_CONFIG);
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId);
        return new DefaultKafkaConsumerFactory<>(config);
    }

    private Map<String, Object> config() {
        Map<String, Object> config = new HashMap<>(configured);
        config.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        config.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return config;
    }
}
