package ghidanh.sync.drift;

import java.util.List;

/**
 * What a check found of one entity of a shard.
 *
 * @param buckets compared, and how many of them differed at first sight
 * @param inFlight rows that differed for less than the settling time, or changed meanwhile
 */
public record EntityDrift(
        long shardRows,
        long masterRows,
        int buckets,
        int differingBuckets,
        Finding missing,
        Finding extra,
        Finding different,
        long inFlight) {

    /**
     * The rows of a kind.
     *
     * @param examples the first of their numbers on the shard
     * @param repaired how many of them are well now: brought, or removed from the master
     */
    public record Finding(long rows, List<Long> examples, long repaired) {}

    Finding finding(DriftKind kind) {
        return switch (kind) {
            case MISSING -> missing;
            case EXTRA -> extra;
            case DIFFERENT -> different;
        };
    }

    long left(DriftKind kind) {
        return finding(kind).rows() - finding(kind).repaired();
    }
}
