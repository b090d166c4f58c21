package ghidanh.registration.write;

/** Told after each commit of the writer, on its thread: must return at once. The relay's doorbell. */
public interface ShardCommitListener {

    void committed(String shard);
}
