package ghidanh.registration.write;

import ghidanh.event.TraceParent;
import org.jspecify.annotations.Nullable;

/**
 * Where a change comes from, which goes with its row to the event, the history and the master.
 *
 * @param trace of the request; null where nothing traces
 * @param actor who asks, as role:subject
 */
public record Origin(@Nullable TraceParent trace, String actor) {

    /** The trace as a shard's functions take it. */
    public @Nullable String traceparent() {
        return trace == null ? null : trace.text();
    }
}
