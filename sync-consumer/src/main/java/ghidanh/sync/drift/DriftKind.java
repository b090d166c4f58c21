package ghidanh.sync.drift;

import java.util.Locale;

/** How a row can differ. */
public enum DriftKind {
    /** On the shard, not on the master. */
    MISSING,
    /** On the master, not on the shard. */
    EXTRA,
    /** On both, in different states. */
    DIFFERENT;

    static DriftKind of(String sqlName) {
        return valueOf(sqlName.toUpperCase(Locale.ROOT));
    }

    /** As metrics and the API spell it. */
    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
