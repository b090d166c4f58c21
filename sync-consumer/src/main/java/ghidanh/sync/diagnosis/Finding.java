package ghidanh.sync.diagnosis;

import ghidanh.database.Obstacle;
import ghidanh.database.Trouble;
import ghidanh.sync.observe.MasterState;
import ghidanh.sync.observe.MasterState.Identity;
import ghidanh.sync.observe.MasterState.Statement;
import ghidanh.sync.observe.Observation;
import ghidanh.sync.observe.ShardState;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the signs of a shard say, the nearest cause first: what lies behind it looks wrong as well.
 *
 * @param since when it began, where the signs tell
 */
record Finding(
        Kind kind,
        @Nullable Instant since,
        @Nullable Long rows,
        @Nullable Double seconds,
        @Nullable String message) {

    /** A statement, or a row in the outbox, that takes this long is told. */
    private static final double PATIENCE_SECONDS = 1;

    /** Events are taken in batches, and a group takes a moment to settle. */
    private static final double STANDSTILL_SECONDS = 2;

    /** The objective. */
    private static final double LATE_SECONDS = 5;

    /** As the alert. */
    private static final double CLOCK_SECONDS = 0.5;

    static Finding of(Signs signs) {
        return Stream.<Function<Signs, Optional<Finding>>>of(
                        Finding::databases, Finding::kafka, Finding::sync, Finding::past, Finding::rows, Finding::truth)
                .flatMap(look -> look.apply(signs).stream())
                .findFirst()
                .orElseGet(() -> new Finding(Kind.SYNCED, null, null, signs.lagSeconds(), null));
    }

    private static Optional<Finding> databases(Signs signs) {
        Observation seen = signs.seen();
        if (seen.trouble() != null) {
            return of(Kind.ofShard(seen.trouble().obstacle()), seen.trouble());
        }
        if (seen.masterTrouble() != null) {
            return of(Kind.ofMaster(seen.masterTrouble().obstacle()), seen.masterTrouble());
        }
        ShardState shard = seen.state();
        MasterState master = seen.master();
        if (shard == null || master == null) {
            return of(Kind.UNKNOWN);
        }
        if (shard.readOnly()) {
            return of(Kind.SHARD_READ_ONLY);
        }
        Optional<Finding> locked = locked(signs).filter(lock -> isLong(lock.seconds()));
        if (locked.isPresent()) {
            return locked;
        }
        return master.readOnly() ? of(Kind.MASTER_READ_ONLY) : Optional.empty();
    }

    /** Somebody who waits for a table of the shard, however short. */
    private static Optional<Finding> locked(Signs signs) {
        ShardState.Lock lock = Objects.requireNonNull(signs.seen().state()).lock();
        return lock == null
                ? Optional.empty()
                : of(Kind.SHARD_LOCKED, null, lock.seconds(), String.valueOf(lock.blocker()));
    }

    private static boolean isLong(@Nullable Double seconds) {
        return seconds != null && seconds > PATIENCE_SECONDS;
    }

    private static Optional<Finding> kafka(Signs signs) {
        Trouble kafka = signs.seen().kafkaTrouble();
        return kafka == null ? Optional.empty() : of(Kind.ofKafka(kafka.obstacle()), kafka);
    }

    private static Optional<Finding> sync(Signs signs) {
        var sync = signs.sync();
        Statement statement = Objects.requireNonNull(signs.seen().master())
                .statements()
                .get(signs.seen().shard());
        if (statement != null && statement.seconds() > PATIENCE_SECONDS) {
            if (statement.behind() && !signs.seen().hesitates()) {
                return locked(signs).or(() -> of(Kind.FDW_SILENT, null, statement.seconds(), null));
            }
            if (statement.locked()) {
                return of(Kind.MASTER_LOCKED, null, statement.seconds(), String.valueOf(statement.blocker()));
            }
        }
        if (sync != null && sync.trouble() != null) {
            Trouble trouble = sync.trouble();
            boolean ofKafka =
                    trouble.obstacle() == Obstacle.SILENT && signs.seen().kafkaTrouble() != null;
            return of(ofKafka ? Kind.KAFKA_SILENT : Kind.ofSync(trouble.obstacle()), trouble);
        }
        if (signs.setup() != null) {
            return of(Kind.SYNC_WAITS, null, null, signs.setup());
        }
        if (sync == null) {
            return of(Kind.SYNC_WAITS);
        }
        if (!sync.listening()) {
            return of(Kind.SYNC_STOPPED);
        }
        return sync.paused() ? of(Kind.SYNC_PAUSED, signs.seen().waitingEvents(), null, null) : Optional.empty();
    }

    /** Whether one of the two is another one than when they were last compared. */
    private static Optional<Finding> past(Signs signs) {
        Observation seen = signs.seen();
        MasterState master = Objects.requireNonNull(seen.master());
        Identity identity = master.identities().get(seen.shard());
        String compared = identity == null ? null : identity.compared();
        if (compared == null) {
            return Optional.empty();
        }
        boolean isDoubt = !compared.startsWith("shard ");
        String shard = Objects.requireNonNull(seen.state()).identity();
        if (isDoubt ? compared.startsWith("the shard") : !compared.startsWith("shard " + shard + ", ")) {
            return of(Kind.SHARD_WENT_BACK, null, null, isDoubt ? compared : shard);
        }
        return isDoubt || !compared.endsWith(", master " + master.place())
                ? of(Kind.MASTER_WENT_BACK, null, null, isDoubt ? compared : master.place())
                : Optional.empty();
    }

    private static Optional<Finding> rows(Signs signs) {
        Observation seen = signs.seen();
        double oldest = seen.unsynced().oldestSeconds();
        if (!Objects.requireNonNull(seen.state()).led()) {
            return of(Kind.RELAY_ABSENT, seen.backlog().rows(), seen.backlog().oldestSeconds(), null);
        }
        if (seen.hesitates()) {
            return Optional.empty();
        }
        if (seen.backlog().oldestSeconds() > PATIENCE_SECONDS) {
            return of(Kind.OUTBOX_WAITS, seen.backlog().rows(), seen.backlog().oldestSeconds(), null);
        }
        if (signs.facts().standstillSeconds() > STANDSTILL_SECONDS) {
            return of(Kind.EVENTS_WAIT, seen.waitingEvents(), signs.facts().standstillSeconds(), null);
        }
        if (oldest > LATE_SECONDS && isNew(seen)) {
            return of(Kind.FILLING, seen.unsynced().rows(), null, null);
        }
        if (oldest > LATE_SECONDS) {
            boolean onTheWay = seen.waitingEvents() > 0 || seen.backlog().rows() > 0;
            return of(onTheWay ? Kind.BEHIND : Kind.ROWS_WAIT, seen.unsynced().rows(), oldest, null);
        }
        return Double.isNaN(oldest) ? of(Kind.UNKNOWN) : Optional.empty();
    }

    /** A master that has never been compared with the shard. */
    private static boolean isNew(Observation seen) {
        Identity identity = Objects.requireNonNull(seen.master()).identities().get(seen.shard());
        return identity != null && identity.compared() == null;
    }

    private static Optional<Finding> truth(Signs signs) {
        Observation seen = signs.seen();
        Identity identity = Objects.requireNonNull(seen.master()).identities().get(seen.shard());
        if (identity != null && identity.lost() > 0) {
            return of(Kind.LOST, identity.lost(), null, null);
        }
        if (signs.facts().driftRows() > 0) {
            return of(Kind.DRIFT, signs.facts().driftRows(), null, null);
        }
        if (signs.deadLetters() > 0) {
            return of(Kind.DEAD_LETTERS, signs.deadLetters(), null, null);
        }
        double clock = seen.clockSeconds();
        return Math.abs(clock) > CLOCK_SECONDS ? of(Kind.CLOCK, null, clock, null) : Optional.empty();
    }

    private static Optional<Finding> of(Kind kind) {
        return of(kind, null, null, null);
    }

    private static Optional<Finding> of(Kind kind, Trouble trouble) {
        return Optional.of(new Finding(kind, trouble.since(), null, null, trouble.message()));
    }

    private static Optional<Finding> of(
            Kind kind, @Nullable Number rows, @Nullable Double seconds, @Nullable String message) {
        return Optional.of(new Finding(kind, null, whole(rows), known(seconds), message));
    }

    private static @Nullable Long whole(@Nullable Number rows) {
        return rows == null || Double.isNaN(rows.doubleValue()) ? null : Long.valueOf(rows.longValue());
    }

    private static @Nullable Double known(@Nullable Double seconds) {
        return seconds == null || seconds.isNaN() ? null : seconds;
    }
}
