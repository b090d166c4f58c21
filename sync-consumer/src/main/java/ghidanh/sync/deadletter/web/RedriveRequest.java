package ghidanh.sync.deadletter.web;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Body of a redrive.
 *
 * @param shard whose dead letters
 * @param offsets which of them, by offset in the dead letter topic; absent for all
 * @param reason only those with this reason; absent for any
 * @param limit no more than this; absent for 100
 * @param dryRun only say what would be done; absent means true, so that doing it takes a second thought
 */
record RedriveRequest(
        @Nullable String shard,
        @Nullable Set<Long> offsets,
        @Nullable String reason,
        @Nullable Integer limit,
        @Nullable Boolean dryRun) {}
