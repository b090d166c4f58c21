package ghidanh.registration.outbox;

import ghidanh.database.Connections;
import ghidanh.event.TopicSettings;
import ghidanh.loop.Loops;
import ghidanh.registration.write.Doorbell;
import ghidanh.shard.ShardCatalogue;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;

/** The relays of this instance. Needs the shard catalogue; Kafka is where {@code spring.kafka.*} says. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({RelaySettings.class, TopicSettings.class})
class RelayConfiguration {

    @Bean
    Relays relays(
            ShardCatalogue shards,
            Connections connections,
            RelaySettings settings,
            ProducerFactory<?, ?> producers,
            KafkaAdmin admin,
            TopicSettings topics,
            Doorbell doorbell,
            MeterRegistry registry,
            Loops loops) {
        KafkaAccess kafka = new KafkaAccess(producers.getConfigurationProperties(), admin.getConfigurationProperties());
        return new Relays(shards, connections, settings, kafka, topics, doorbell, registry, Clock.systemUTC(), loops);
    }

    /** One entry per shard; the bean's name makes it appear as "relay". */
    @Bean
    CompositeHealthContributor relayHealthContributor(Relays relays) {
        return CompositeHealthContributor.fromMap(
                relays.states().stream().collect(Collectors.toMap(RelayState::shard, Function.identity())));
    }
}
