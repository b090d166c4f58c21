package ghidanh.sync.job;

import java.util.List;
import java.util.Locale;

/** What a job does. The last two are over with the request that asked for them; their rows are only the audit. */
public enum JobKind {
    REPLAY,
    RESYNC,
    DRIFT_CHECK,
    REDRIVE,
    SYNC;

    /** As the master spells it. */
    public String sqlName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static JobKind of(String sqlName) {
        return valueOf(sqlName.toUpperCase(Locale.ROOT));
    }

    /** Those that must not run on one shard together with this one; replays and resyncs bring the same rows. */
    List<String> exclusive() {
        return this == REPLAY || this == RESYNC ? List.of(REPLAY.sqlName(), RESYNC.sqlName()) : List.of(sqlName());
    }
}
