package ghidanh.chaos;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Which databases went back in time, when, and what could then be known of what they lost. Thread-safe. */
final class History {

    /**
     * A shard went back.
     *
     * @param at {@link System#nanoTime()} after the last commit that may be lost
     * @param onMaster what the master had of the shard then, by number
     */
    record Loss(long at, Map<Long, ShardRow> onMaster) {}

    private final Map<String, List<Loss>> losses = new ConcurrentHashMap<>();
    private final Set<String> doubtful = ConcurrentHashMap.newKeySet();
    private final Map<String, Long> eventsLost = new ConcurrentHashMap<>();
    private final AtomicInteger epoch = new AtomicInteger();

    /** Another number once a database went back, and while one does. */
    int epoch() {
        return epoch.get();
    }

    /** To be called before a database is killed, and before what replaces it is started. */
    void turn(String database) {
        epoch.incrementAndGet();
        Targets.SHARDS.stream()
                .filter(shard -> database.equals(Targets.MASTER) || database.equals(Targets.shard(shard)))
                .forEach(doubtful::add);
    }

    void lost(String shard, Loss loss) {
        losses.computeIfAbsent(shard, any -> new CopyOnWriteArrayList<>()).add(loss);
    }

    List<Loss> losses(String shard) {
        return losses.getOrDefault(shard, List.of());
    }

    /** Whether the shard lost what was known at {@code nanos}, or may have. */
    boolean wentBackSince(String shard, long nanos) {
        return losses(shard).stream().anyMatch(loss -> loss.at() - nanos > 0);
    }

    /** The broker has forgotten events of a shard. */
    void eventsLost(String shard) {
        eventsLost.put(shard, System.nanoTime());
    }

    /**
     * Whether there may be no event of what was asked for at {@code nanos}: the broker has forgotten it, or the shard has lost
     * the change itself, and has the row as it was before.
     */
    boolean eventMayBeLost(String shard, long nanos) {
        Long lost = eventsLost.get(shard);
        return wentBackSince(shard, nanos) || (lost != null && lost - nanos > 0);
    }

    /** Shards that went back, or whose master did, and that have not been compared since. */
    Set<String> doubtful() {
        return doubtful;
    }

    /** Shard and master have been compared. */
    void settled() {
        doubtful.clear();
    }
}
