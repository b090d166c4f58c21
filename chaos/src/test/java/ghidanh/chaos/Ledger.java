package ghidanh.chaos;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What writers were told, to be compared with what the shards have. A seat belongs to one writer, so its entry has no
 * races. Thread-safe.
 */
final class Ledger {

    /** A student's place in a section. */
    record Seat(String shard, int stno, int secNo) {}

    enum State {
        REGISTERED,
        WITHDRAWN,
        /** The answer was lost or said that it is not known. Left alone for the rest of the round. */
        UNKNOWN
    }

    /**
     * The last answer for a seat.
     *
     * @param regId as told by a 201, 200 or insert; null if nobody ever told it
     */
    record Entry(@Nullable Long regId, State state) {}

    private final Map<Seat, Entry> entries = new ConcurrentHashMap<>();
    private final Queue<String> contradictions = new ConcurrentLinkedQueue<>();
    final LongAdder created = new LongAdder();
    final LongAdder repeated = new LongAdder();
    final LongAdder withdrawn = new LongAdder();
    final LongAdder full = new LongAdder();
    final LongAdder unknown = new LongAdder();
    final LongAdder bySql = new LongAdder();

    @Nullable Entry of(Seat seat) {
        return entries.get(seat);
    }

    void registered(Seat seat, long regId) {
        entries.put(seat, new Entry(regId, State.REGISTERED));
    }

    void withdrawn(Seat seat, long regId) {
        entries.put(seat, new Entry(regId, State.WITHDRAWN));
    }

    void unknown(Seat seat) {
        unknown.increment();
        Entry known = entries.get(seat);
        entries.put(seat, new Entry(known == null ? null : known.regId(), State.UNKNOWN));
    }

    /** Says that an answer cannot be true, given the answers before it. */
    void contradiction(String what) {
        contradictions.add(what);
    }

    Queue<String> contradictions() {
        return contradictions;
    }

    Map<Seat, Entry> entries() {
        return entries;
    }

    /** Takes the shard's word for what is not known; between rounds, when nothing is under way. */
    void settle(Seat seat, @Nullable Long regId, boolean registered) {
        if (regId == null) {
            entries.remove(seat);
        } else {
            entries.put(seat, new Entry(regId, registered ? State.REGISTERED : State.WITHDRAWN));
        }
    }
}
