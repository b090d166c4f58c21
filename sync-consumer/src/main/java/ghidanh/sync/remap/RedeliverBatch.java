package ghidanh.sync.remap;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * What the container does with an error that {@link RemapListener} did not see, such as an offset that could not be
 * committed: it reads the batch again. The framework's default would give up on the batch after ten tries.
 */
class RedeliverBatch implements CommonErrorHandler {

    private static final Logger LOG = LoggerFactory.getLogger(RedeliverBatch.class);

    @Override
    public boolean seeksAfterHandling() {
        return true;
    }

    @Override
    public boolean isAckAfterHandle() {
        return false;
    }

    @Override
    public void handleBatch(
            Exception error,
            ConsumerRecords<?, ?> batch,
            Consumer<?, ?> consumer,
            MessageListenerContainer container,
            Runnable invokeListener) {
        Map<TopicPartition, Long> begins = new LinkedHashMap<>();
        for (ConsumerRecord<?, ?> event : batch) {
            begins.putIfAbsent(new TopicPartition(event.topic(), event.partition()), event.offset());
        }
        LOG.warn("Reading {} events again from {}: {}", batch.count(), begins, error.getMessage());
        begins.keySet().retainAll(consumer.assignment());
        begins.forEach(consumer::seek);
    }

    @Override
    public void handleOtherException(
            Exception error, Consumer<?, ?> consumer, MessageListenerContainer container, boolean batchListener) {
        LOG.warn("Kafka: {}", error.getMessage(), error);
    }
}
