package ghidanh.sync.diagnosis;

import ghidanh.sync.observe.Observation;
import ghidanh.sync.remap.ShardSyncs;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known of a shard at a moment.
 *
 * @param setup what the master's setup waits for; null where it is complete
 * @param sync null where it has not begun
 * @param lagSeconds the median of the last rows; null where none became visible for a minute
 * @param deadLetters that are open
 */
record Signs(
        Facts facts,
        @Nullable String setup,
        ShardSyncs.@Nullable State sync,
        @Nullable Double lagSeconds,
        long deadLetters) {

    Observation seen() {
        return facts.seen();
    }
}
