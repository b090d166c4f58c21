package ghidanh.sync.drift;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Adds up what differs of one entity. */
class Tally {

    /** Extra rows remembered for removal in one check; the next one finds the rest. */
    private static final int REMEMBERED = 200_000;

    private final int examples;
    private final Map<DriftKind, Long> rows = new EnumMap<>(DriftKind.class);
    private final Map<DriftKind, Long> repaired = new EnumMap<>(DriftKind.class);
    private final Map<DriftKind, List<Long>> named = new EnumMap<>(DriftKind.class);
    private final List<Long> extra = new ArrayList<>();

    Tally(int examples) {
        this.examples = examples;
    }

    void add(List<DriftCalls.Row> drift) {
        for (DriftCalls.Row row : drift) {
            rows.merge(row.kind(), 1L, Long::sum);
            List<Long> some = named.computeIfAbsent(row.kind(), kind -> new ArrayList<>());
            if (some.size() < examples) {
                some.add(row.id());
            }
            if (row.kind() == DriftKind.EXTRA && extra.size() < REMEMBERED) {
                extra.add(row.id());
            }
        }
    }

    void repaired(DriftKind kind, long more) {
        repaired.merge(kind, more, Long::sum);
    }

    List<Long> extra() {
        return extra;
    }

    EntityDrift drift(Comparison comparison) {
        return new EntityDrift(
                comparison.shardRows(),
                comparison.masterRows(),
                comparison.buckets(),
                comparison.differingBuckets(),
                finding(DriftKind.MISSING),
                finding(DriftKind.EXTRA),
                finding(DriftKind.DIFFERENT),
                comparison.inFlight());
    }

    private EntityDrift.Finding finding(DriftKind kind) {
        return new EntityDrift.Finding(
                rows.getOrDefault(kind, 0L),
                List.copyOf(named.getOrDefault(kind, List.of())),
                repaired.getOrDefault(kind, 0L));
    }

    /** For the job's counts, which add all entities and shards up. */
    Map<String, Long> counts(EntityDrift drift) {
        Map<String, Long> counts = new TreeMap<>();
        counts.put("compared", drift.shardRows());
        counts.put("inFlight", drift.inFlight());
        for (DriftKind kind : DriftKind.values()) {
            counts.put(kind.tag(), drift.finding(kind).rows());
        }
        counts.put("repaired", drift.missing().repaired() + drift.different().repaired());
        counts.put("removed", drift.extra().repaired());
        return counts;
    }
}
