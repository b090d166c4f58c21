package ghidanh.sync.remap;

import java.util.Collection;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.springframework.kafka.listener.ConsumerAwareRebalanceListener;

/**
 * Ends the pause of a nack when partitions are added, at the price of one early attempt.
 *
 * <p>The container forgets partitions that are still paused when a second nack comes: it pauses the new ones, and at the end
 * resumes only those. The old ones would stay paused, without a word, until the next restart.
 */
class EndPauseOnAssignment implements ConsumerAwareRebalanceListener {

    @Override
    public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> added) {
        consumer.resume(consumer.paused());
    }
}
