package ghidanh.event;

/**
 * Says that a row of a shard changed: a pointer, not the row. The consumer reads the row's present state, so an event
 * delivered twice or late does no harm, and one event per key rebuilds everything.
 *
 * @param shard name of the shard
 * @param entity what changed
 * @param id its number on that shard: stno, sec_no or reg_id
 */
public record ChangeEvent(String shard, Entity entity, long id) {

    /** The record key; compaction keeps the last event of each. */
    public String key() {
        return entity.outboxName() + ":" + id;
    }
}
