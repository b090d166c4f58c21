package ghidanh.sync.drift;

import ghidanh.event.Entity;
import ghidanh.sync.job.Progress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Compares one entity of a shard twice: what differs at the first look and, unchanged on the shard, still at the second is
 * drift; the rest was in flight. Only buckets that differ are read row by row.
 */
class Comparison {

    /** Rows remembered from the first look; a flood beyond it is no traffic in flight. */
    private static final int REMEMBERED = 200_000;

    private static final int BUCKET = 4096;
    private static final int BUCKETS_AT_ONCE = 16;

    private final String shard;
    private final Entity entity;
    private final DriftCalls calls;
    private final Progress progress;
    private final List<DriftCalls.Bucket> buckets = new ArrayList<>();
    private final List<Range> differing = new ArrayList<>();
    private final Map<Long, Long> firstLook = new HashMap<>();
    private boolean flood;
    private long inFlight;

    private record Range(long firstId, long lastId) {}

    Comparison(String shard, Entity entity, DriftCalls calls, Progress progress) {
        this.shard = shard;
        this.entity = entity;
        this.calls = calls;
        this.progress = progress;
    }

    Entity entity() {
        return entity;
    }

    /** The first look. */
    void look() {
        buckets.addAll(progress.untilAnswered(shard, () -> calls.buckets(shard, entity)));
        findRanges();
        for (Range range : differing) {
            for (DriftCalls.Row row : rows(range)) {
                flood = flood || firstLook.size() >= REMEMBERED;
                if (!flood) {
                    firstLook.put(row.id(), row.shardVersion());
                }
            }
        }
    }

    private void findRanges() {
        long first = 0;
        long last = -2;
        for (DriftCalls.Bucket bucket : buckets) {
            if (bucket.same()) {
                continue;
            }
            if (bucket.number() != last + 1 || bucket.number() - first >= BUCKETS_AT_ONCE) {
                addRange(first, last);
                first = bucket.number();
            }
            last = bucket.number();
        }
        addRange(first, last);
    }

    private void addRange(long first, long last) {
        if (last >= first) {
            differing.add(new Range(first * BUCKET, last * BUCKET + BUCKET - 1));
        }
    }

    private List<DriftCalls.Row> rows(Range range) {
        progress.checkStopped();
        return progress.untilAnswered(shard, () -> calls.rows(shard, entity, range.firstId(), range.lastId()));
    }

    /** Whether the first look found nothing. */
    boolean isSame() {
        return differing.isEmpty();
    }

    /** The second look; hands over what is drift, range by range. */
    void confirm(Consumer<List<DriftCalls.Row>> drift) {
        long young = 0;
        for (Range range : differing) {
            List<DriftCalls.Row> lasting = new ArrayList<>();
            for (DriftCalls.Row row : rows(range)) {
                Long before = firstLook.remove(row.id());
                if (flood || (before != null && before == row.shardVersion())) {
                    lasting.add(row);
                } else {
                    young++;
                }
            }
            drift.accept(lasting);
        }
        // What is left of the first look has arrived meanwhile.
        inFlight = flood ? 0 : young + firstLook.size();
    }

    long inFlight() {
        return inFlight;
    }

    long shardRows() {
        return buckets.stream().mapToLong(DriftCalls.Bucket::shardRows).sum();
    }

    long masterRows() {
        return buckets.stream().mapToLong(DriftCalls.Bucket::masterRows).sum();
    }

    int buckets() {
        return buckets.size();
    }

    int differingBuckets() {
        return (int) buckets.stream().filter(bucket -> !bucket.same()).count();
    }
}
