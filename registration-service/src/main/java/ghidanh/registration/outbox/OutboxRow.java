package ghidanh.registration.outbox;

import ghidanh.event.ChangeEvent;
import org.jspecify.annotations.Nullable;

/**
 * A row of a shard's outbox. Times are microseconds since 1970 by the shard's clock.
 *
 * @param id order of insertion, which is not the order of commits
 * @param event what changed
 * @param createdAt when the row was inserted
 * @param committedAt when its transaction committed; {@code createdAt} where the shard does not know
 * @param traceparent of the request that caused the change
 * @param actor who caused the change
 */
record OutboxRow(
        long id,
        ChangeEvent event,
        long createdAt,
        long committedAt,
        @Nullable String traceparent,
        @Nullable String actor) {}
