package ghidanh.sync.diagnosis;

import ghidanh.sync.observe.Observation;
import ghidanh.sync.remap.ShardSyncs;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known of a shard at a moment.
 *
 * @param setup what the master's setup waits for; null where it is complete
 * @param sync null where it has not begun
 * @param standstillSeconds since events were seen to be taken, or not to wait; 0 while they are
 * @param lagSeconds the median of the last rows; null where none became visible for a minute
 * @param driftRows that differed at the last check
 * @param deadLetters that are open
 */
record Signs(
        Observation seen,
        @Nullable String setup,
        ShardSyncs.@Nullable State sync,
        double standstillSeconds,
        @Nullable Double lagSeconds,
        long driftRows,
        long deadLetters) {}
