package ghidanh.sync.sweep;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Since when the rows of each look are known in the version they have. What was changed in between, and whose event may so be
 * on its way, begins anew. As many as the last look had.
 */
class SeenRows {

    private Map<Long, Seen> before = new HashMap<>();
    private Map<Long, Seen> now = new HashMap<>();

    private record Seen(Instant since, long version) {}

    /** Begins a look; what the look before did not have is forgotten. */
    void beginLook() {
        before = now;
        now = new HashMap<>();
    }

    /**
     * Notes a row of this look.
     *
     * @return since when it is known in this version
     */
    Instant note(long id, long version, Instant time) {
        Seen known = before.get(id);
        Seen seen = known != null && known.version() == version ? known : new Seen(time, version);
        now.put(id, seen);
        return seen.since();
    }
}
