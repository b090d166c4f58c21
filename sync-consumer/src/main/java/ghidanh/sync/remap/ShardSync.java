package ghidanh.sync.remap;

import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;

/** What works for one shard: its listener container with the outage it may be in, its sessions, and its marker. */
record ShardSync(
        String shard,
        ConcurrentMessageListenerContainer<byte[], byte[]> container,
        BatchShares shares,
        SyncMarker marker,
        Outage outage) {}
