package ghidanh.shard;

import java.util.Locale;

/** Who may do what in a database, as {@code afterMigrate__rights.sql} says. */
public enum Role {
    /** Registers and reads on a shard. */
    WEB,
    /** Empties a shard's outbox. */
    RELAY,
    /** Measures a shard. */
    OBSERVER,
    /** The master, on a shard. */
    FDW,
    /** Reads the master. */
    APP,
    /** Brings the master what the shards have. */
    SYNC;

    public String login() {
        return "ghidanh_" + name().toLowerCase(Locale.ROOT);
    }
}
