package ghidanh.chaos;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
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
     * @param asked {@link System#nanoTime()} before the request
     */
    record Entry(@Nullable Long regId, State state, long asked) {}

    /** A registration that somebody was told to have. */
    record Told(Seat seat, long regId) {}

    private final History history;
    private final Map<Seat, Entry> entries = new ConcurrentHashMap<>();
    private final Map<String, Map<Long, Set<Seat>>> seats = new ConcurrentHashMap<>();
    private final Map<Told, Long> told = new ConcurrentHashMap<>();
    private final Map<Told, Long> changed = new ConcurrentHashMap<>();
    private final Queue<String> contradictions = new ConcurrentLinkedQueue<>();
    final LongAdder created = new LongAdder();
    final LongAdder repeated = new LongAdder();
    final LongAdder withdrawn = new LongAdder();
    final LongAdder full = new LongAdder();
    final LongAdder unknown = new LongAdder();
    final Queue<String> unanswered = new ConcurrentLinkedQueue<>();
    final LongAdder refused = new LongAdder();
    final LongAdder bySql = new LongAdder();

    Ledger(History history) {
        this.history = history;
    }

    @Nullable Entry of(Seat seat) {
        return entries.get(seat);
    }

    /** The shard has just changed it, so that there is an event of it. */
    void changed(Seat seat, long regId, long asked) {
        registered(seat, regId, asked);
        changed.put(new Told(seat, regId), asked);
    }

    /** @param asked {@link System#nanoTime()} before the request; so below */
    void registered(Seat seat, long regId, long asked) {
        entries.put(seat, new Entry(regId, State.REGISTERED, asked));
        told.putIfAbsent(new Told(seat, regId), asked);
        Set<Seat> seats = seatsOf(seat.shard()).computeIfAbsent(regId, any -> ConcurrentHashMap.newKeySet());
        seats.add(seat);
    }

    void withdrawn(Seat seat, long regId, long asked) {
        entries.put(seat, new Entry(regId, State.WITHDRAWN, asked));
    }

    void unknown(Seat seat, long asked) {
        unknown.increment();
        Entry known = entries.get(seat);
        entries.put(
                seat,
                known == null
                        ? new Entry(null, State.UNKNOWN, asked)
                        : new Entry(known.regId(), State.UNKNOWN, known.asked()));
    }

    /** Whether the shard may have lost what the last answer for a seat said. */
    boolean isDoubtful(Seat seat) {
        Entry known = entries.get(seat);
        return known != null && history.wentBackSince(seat.shard(), known.asked());
    }

    /** Whether two were told the same number: then either of them could withdraw the other's registration. */
    boolean isGivenTwice(String shard, long regId) {
        return seatsOf(shard).getOrDefault(regId, Set.of()).size() > 1;
    }

    private Map<Long, Set<Seat>> seatsOf(String shard) {
        return seats.computeIfAbsent(shard, any -> new ConcurrentHashMap<>());
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

    /** Up to {@code most} of a shard that were told, by chance. */
    List<Told> some(String shard, int most) {
        List<Told> all = told.keySet().stream()
                .filter(one -> one.seat().shard().equals(shard))
                .collect(Collectors.toList());
        Collections.shuffle(all);
        return all.subList(0, Math.min(most, all.size()));
    }

    /** What was registered, not only found to be, and when that was asked for. */
    Map<Told, Long> changed() {
        return changed;
    }

    /** All that was ever told, and when it was asked for. */
    Map<Told, Long> told() {
        return told;
    }

    /** Takes the shard's word for what is not known; between rounds, when nothing is under way. */
    void settle(Seat seat, @Nullable Long regId, boolean registered) {
        if (regId == null) {
            entries.remove(seat);
        } else {
            entries.put(seat, new Entry(regId, registered ? State.REGISTERED : State.WITHDRAWN, System.nanoTime()));
        }
    }
}
