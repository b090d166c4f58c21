package ghidanh.sync.job;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What a job does. The last two run within the request that asks for them. */
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

    /** Where its jobs are over HTTP, such as {@code /api/drift-checks}. */
    public String path() {
        return "/api/" + sqlName().replace('_', '-') + "s";
    }

    /** The kind whose jobs are there, of which there must be one. */
    public static JobKind ofPath(String path) {
        return Stream.of(values())
                .filter(kind -> kind.path().equals(path))
                .findFirst()
                .orElseThrow();
    }

    static JobKind of(String sqlName) {
        return valueOf(sqlName.toUpperCase(Locale.ROOT));
    }

    /** Those that must not run on one shard together with this one; replays and resyncs bring the same rows. */
    List<String> exclusive() {
        return this == REPLAY || this == RESYNC ? List.of(REPLAY.sqlName(), RESYNC.sqlName()) : List.of(sqlName());
    }
}
