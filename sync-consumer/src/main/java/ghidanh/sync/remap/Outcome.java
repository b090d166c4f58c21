package ghidanh.sync.remap;

import java.util.Locale;

/** What the master's sync functions say of a row. */
public enum Outcome {
    INSERTED(true, true),
    UPDATED(true, true),
    /** The master showed this state, or a newer one, already. */
    UNCHANGED(false, true),
    /** The master shows the shard's state again, which is older than what it showed, or another registration. */
    REWOUND(true, true),
    /** Not on the shard. */
    MISSING(false, false),
    /** Not on the shard, which once had it: the master shows it still. */
    LOST(false, false),
    /** Only within {@link Remapper}, and in a dry run: another call brought a newer state, or the shard went back. */
    DOUBTFUL(false, false),
    /** The master has another registration for this student and section. */
    CONFLICT(false, false);

    private final boolean newlyVisible;
    private final boolean visible;
    private final String tag = name().toLowerCase(Locale.ROOT);

    Outcome(boolean newlyVisible, boolean visible) {
        this.newlyVisible = newlyVisible;
        this.visible = visible;
    }

    static Outcome of(String sqlName) {
        return valueOf(sqlName.toUpperCase(Locale.ROOT));
    }

    /** Whether this very call made the row's state visible on the master. */
    public boolean isNewlyVisible() {
        return newlyVisible;
    }

    /** Whether the master shows the row's state now, and the shard's row may be marked. */
    public boolean isVisible() {
        return visible;
    }

    /** Whether only a look of its own, in a transaction of its own, tells what is to be done. */
    boolean isToBeSettled() {
        return this == DOUBTFUL || this == CONFLICT || this == MISSING;
    }

    /** As metrics spell it. */
    public String tag() {
        return tag;
    }
}
