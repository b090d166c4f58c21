package ghidanh.sync.master;

/** Published when the master is ready to sync a shard: schema in place, foreign server and tables there. */
public record ShardAttached(String shard) {}
