package ghidanh.sync.lag;

/** How far the clocks of the shards' databases are from the master's. */
@FunctionalInterface
public interface ShardClocks {

    /** Microseconds that the master's clock is ahead of the shard's; negative when it is behind. */
    long masterAheadMicros(String shard);
}
