package ghidanh.sync.deadletter;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.ProducerFactory;

@Configuration(proxyBeanMethods = false)
class DeadLetterConfiguration {

    @Bean
    ConfirmedSender confirmedSender(ProducerFactory<?, ?> configured) {
        Map<String, Object> overrides = Map.of(
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class,
                ProducerConfig.ACKS_CONFIG, "all");
        @SuppressWarnings("unchecked") // both serializers were just set
        ProducerFactory<byte[], byte[]> producers =
                (ProducerFactory<byte[], byte[]>) configured.copyWithConfigurationOverride(overrides);
        return new ConfirmedSender(producers);
    }

    @Bean
    DeadLetterWriter deadLetterWriter(ConfirmedSender sender, MeterRegistry meters) {
        return new DeadLetterWriter(sender, meters);
    }

    @Bean
    DeadLetters deadLetters(ConsumerFactory<?, ?> configured, ConfirmedSender sender, DeadLetterSettings settings) {
        return new DeadLetters(new LetterTopic(readers(configured), sender), sender, settings);
    }

    /** Consumers outside any group, which read what they are told to and commit nothing. */
    private static ConsumerFactory<byte[], byte[]> readers(ConsumerFactory<?, ?> configured) {
        Map<String, Object> config = new HashMap<>(configured.getConfigurationProperties());
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        config.remove(ConsumerConfig.GROUP_PROTOCOL_CONFIG);
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, "dead-letters");
        config.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        config.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return new DefaultKafkaConsumerFactory<>(config);
    }
}
