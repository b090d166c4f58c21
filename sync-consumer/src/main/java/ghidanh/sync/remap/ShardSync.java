package ghidanh.sync.remap;

import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.MessageListenerContainer;

/** What works for one shard: its listener container with the outage it may be in, its sessions, and its marker. */
record ShardSync(
        String shard,
        ConcurrentMessageListenerContainer<byte[], byte[]> container,
        BatchShares shares,
        SyncMarker marker,
        Outage outage) {

    /** Whether no thread has stopped by itself. */
    boolean isListening() {
        return container.isRunning()
                && container.getContainers().stream().allMatch(MessageListenerContainer::isRunning);
    }
}
