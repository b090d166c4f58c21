package ghidanh.registration.outbox;

import java.util.Map;

/**
 * How to reach Kafka: addresses and credentials, from {@code spring.kafka.*}.
 *
 * @param producer settings of producers
 * @param admin settings of admin clients
 */
record KafkaAccess(Map<String, Object> producer, Map<String, Object> admin) {

    KafkaAccess {
        producer = Map.copyOf(producer);
        admin = Map.copyOf(admin);
    }
}
