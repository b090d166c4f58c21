package ghidanh.sync.job;

import java.util.List;
import java.util.Locale;

/** What a job does. */
public enum JobKind {
    REPLAY,
    RESYNC,
    DRIFT_CHECK;

    /** As the master spells it. */
    public String sqlName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static JobKind of(String sqlName) {
        return valueOf(sqlName.toUpperCase(Locale.ROOT));
    }

    /** Those that must not run on one shard together with this one; replays and resyncs bring the same rows. */
    List<String> exclusive() {
        return this == DRIFT_CHECK ? List.of(sqlName()) : List.of(REPLAY.sqlName(), RESYNC.sqlName());
    }
}
