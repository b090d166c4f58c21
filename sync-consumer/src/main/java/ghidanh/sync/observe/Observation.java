package ghidanh.sync.observe;

import ghidanh.database.Trouble;
import org.jspecify.annotations.Nullable;

/**
 * A shard and what lies between it and the master, as last measured. Numbers that are not known now are NaN.
 *
 * @param trouble why the shard does not answer; null where it does, as all troubles
 * @param hesitates whether the shard or the broker takes suspiciously long to answer just now: what waits behind them has no
 *     other cause before that is known
 * @param state as it was when it last answered; null before
 * @param waitingEvents events in Kafka that no consumer has taken
 * @param deadRecords of the dead letter topic
 * @param kafkaTrouble of the broker or of the shard's topics
 * @param master as it was when it last answered; null before
 * @param clockSeconds that the shard's clock is ahead of the master's
 * @param clockOffSeconds that the shard's or the master's clock is off this instance's, whichever is more
 */
public record Observation(
        String shard,
        String label,
        @Nullable Trouble trouble,
        boolean hesitates,
        @Nullable ShardState state,
        Backlog backlog,
        Unsynced unsynced,
        double waitingEvents,
        double deadRecords,
        @Nullable Trouble kafkaTrouble,
        @Nullable Trouble masterTrouble,
        @Nullable MasterState master,
        double clockSeconds,
        double clockOffSeconds) {}
