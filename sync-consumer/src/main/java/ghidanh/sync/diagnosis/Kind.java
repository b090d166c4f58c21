package ghidanh.sync.diagnosis;

import ghidanh.database.Obstacle;

/** What a shard's sentence says; the page has the words and the cure. The first that applies is said. */
public enum Kind {
    SHARD_AWAY(Severity.BAD),
    SHARD_SILENT(Severity.BAD),
    SHARD_LOGIN(Severity.BAD),
    SHARD_NO_DATABASE(Severity.BAD),
    SHARD_INCOMPLETE(Severity.BAD),
    SHARD_READ_ONLY(Severity.BAD),
    SHARD_FULL(Severity.BAD),
    /** Somebody's lock keeps everybody from a table. */
    SHARD_LOCKED(Severity.BAD),
    SHARD_FAILS(Severity.BAD),
    MASTER_AWAY(Severity.BAD),
    MASTER_SILENT(Severity.BAD),
    MASTER_LOGIN(Severity.BAD),
    MASTER_NO_DATABASE(Severity.BAD),
    MASTER_INCOMPLETE(Severity.BAD),
    MASTER_READ_ONLY(Severity.BAD),
    MASTER_FULL(Severity.BAD),
    MASTER_FAILS(Severity.BAD),
    KAFKA_SILENT(Severity.BAD),
    KAFKA_LOGIN(Severity.BAD),
    /** The shard's topics are not there. */
    KAFKA_INCOMPLETE(Severity.BAD),
    KAFKA_FAILS(Severity.BAD),
    /** The sync of this instance has not begun. */
    SYNC_WAITS(Severity.BAD),
    /** An error ended it. */
    SYNC_STOPPED(Severity.BAD),
    SYNC_PAUSED(Severity.BAD),
    /** The master cannot sign in to the shard. */
    FDW_LOGIN(Severity.BAD),
    /** The master does not reach the shard. */
    FDW_AWAY(Severity.BAD),
    /** The master waits for an answer of the shard. */
    FDW_SILENT(Severity.BAD),
    /** The master waits for somebody's lock. */
    MASTER_LOCKED(Severity.BAD),
    /** The master answers with an error that no other kind is for. */
    SYNC_FAILS(Severity.BAD),
    /** No relay leads. */
    RELAY_ABSENT(Severity.BAD),
    /** A relay leads, and rows stay in the outbox. */
    OUTBOX_WAITS(Severity.BAD),
    /** Events stay in Kafka. */
    EVENTS_WAIT(Severity.BAD),
    /** The master is new, and has yet to get the rows from before it. */
    FILLING(Severity.WARN),
    /** Rows have neither arrived nor an event on its way. */
    ROWS_WAIT(Severity.BAD),
    /** Rows arrive, late. */
    BEHIND(Severity.WARN),
    /** Nothing is measured yet. */
    UNKNOWN(Severity.WARN),
    SHARD_WENT_BACK(Severity.WARN),
    MASTER_WENT_BACK(Severity.WARN),
    /** Registrations that a shard lost when it went back in time. */
    LOST(Severity.WARN),
    DRIFT(Severity.WARN),
    DEAD_LETTERS(Severity.WARN),
    CLOCK(Severity.WARN),
    SYNCED(Severity.GOOD);

    /** How much it matters. */
    public enum Severity {
        GOOD,
        WARN,
        BAD
    }

    private final Severity severity;

    Kind(Severity severity) {
        this.severity = severity;
    }

    public Severity severity() {
        return severity;
    }

    static Kind ofShard(Obstacle obstacle) {
        return switch (obstacle) {
            case AWAY -> SHARD_AWAY;
            case SILENT -> SHARD_SILENT;
            case LOGIN -> SHARD_LOGIN;
            case NO_DATABASE -> SHARD_NO_DATABASE;
            case INCOMPLETE -> SHARD_INCOMPLETE;
            case READ_ONLY -> SHARD_READ_ONLY;
            case FULL -> SHARD_FULL;
            case BUSY, LOGIN_BEHIND, AWAY_BEHIND, OTHER -> SHARD_FAILS;
        };
    }

    static Kind ofMaster(Obstacle obstacle) {
        return switch (obstacle) {
            case AWAY -> MASTER_AWAY;
            case SILENT -> MASTER_SILENT;
            case LOGIN -> MASTER_LOGIN;
            case NO_DATABASE -> MASTER_NO_DATABASE;
            case INCOMPLETE -> MASTER_INCOMPLETE;
            case READ_ONLY -> MASTER_READ_ONLY;
            case FULL -> MASTER_FULL;
            case BUSY, LOGIN_BEHIND, AWAY_BEHIND, OTHER -> MASTER_FAILS;
        };
    }

    static Kind ofKafka(Obstacle obstacle) {
        return switch (obstacle) {
            case SILENT -> KAFKA_SILENT;
            case LOGIN -> KAFKA_LOGIN;
            case INCOMPLETE -> KAFKA_INCOMPLETE;
            default -> KAFKA_FAILS;
        };
    }

    /** Of what the sync's own statements met, on the master or behind it. */
    static Kind ofSync(Obstacle obstacle) {
        return switch (obstacle) {
            case LOGIN_BEHIND -> FDW_LOGIN;
            case AWAY_BEHIND -> FDW_AWAY;
            case INCOMPLETE, BUSY, OTHER -> SYNC_FAILS;
            case AWAY, SILENT, LOGIN, NO_DATABASE, READ_ONLY, FULL -> ofMaster(obstacle);
        };
    }
}
