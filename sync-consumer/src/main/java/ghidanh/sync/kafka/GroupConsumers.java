package ghidanh.sync.kafka;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

/**
 * Makes consumers that sleep through a poll while partitions are paused. The client's own poll (4.2.2, KAFKA-21084) spins for
 * as long as it may when records of paused partitions are at hand, which is how an outage finds a listener.
 */
class GroupConsumers extends DefaultKafkaConsumerFactory<byte[], byte[]> {

    GroupConsumers(Map<String, Object> config) {
        super(config);
    }

    @Override
    protected Consumer<byte[], byte[]> createRawConsumer(Map<String, Object> config) {
        return new ExtendedKafkaConsumer(config) {
            @Override
            public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
                if (paused().isEmpty()) {
                    return super.poll(timeout);
                }
                try {
                    Thread.sleep(timeout.toMillis());
                } catch (InterruptedException e) {
                    // The poll says it, in the client's words.
                    Thread.currentThread().interrupt();
                }
                return super.poll(Duration.ZERO);
            }
        };
    }
}
