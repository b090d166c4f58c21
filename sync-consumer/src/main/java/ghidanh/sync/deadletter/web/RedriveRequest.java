package ghidanh.sync.deadletter.web;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Body of a redrive.
 *
 * @param shard whose dead letters
 * @param offsets which of them, by offset in the dead letter topic; absent for all
 * @param deadReason only those with this reason; absent for any
 * @param limit no more than this; absent for 100
 * @param dryRun only say what would be done; absent means true, so that doing it takes a second thought
 * @param reason for the audit; needed unless it is a dry run
 * @param requestedBy for the audit; absent for the caller's address
 */
record RedriveRequest(
        @Nullable String shard,
        @Nullable Set<Long> offsets,
        @Nullable String deadReason,
        @Nullable Integer limit,
        @Nullable Boolean dryRun,
        @Nullable String reason,
        @Nullable String requestedBy) {}
