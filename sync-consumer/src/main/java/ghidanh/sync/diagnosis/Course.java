package ghidanh.sync.diagnosis;

import ghidanh.sync.deadletter.OpenLetters;
import ghidanh.sync.drift.ShardDrift;
import ghidanh.sync.observe.MasterState;
import ghidanh.sync.observe.Observation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How a shard's figures have changed since this instance started. For one thread. */
class Course {

    private final Clock clock;
    private final Duration interval;
    private Instant measured;
    private Instant moved;
    private @Nullable Instant lettersGrew;
    private @Nullable Instant lostGrew;
    private double waiting;
    private long rows;
    private @Nullable Integer letters;
    private @Nullable Long lost;

    /** @param interval between two measurements: what is seen may be as old */
    Course(Clock clock, Duration interval) {
        this.clock = clock;
        this.interval = interval;
        this.measured = clock.instant();
        this.moved = clock.instant();
    }

    /** @param visibleRows that became visible since the start */
    Facts next(Observation seen, long visibleRows, OpenLetters.Count open, @Nullable ShardDrift drift) {
        if (!Double.isNaN(seen.unsynced().rows())) {
            measured = clock.instant();
        }
        if (!(waiting > 0) || !(seen.waitingEvents() > 0) || seen.waitingEvents() < waiting || visibleRows != rows) {
            moved = clock.instant();
        }
        waiting = seen.waitingEvents();
        rows = visibleRows;
        if (letters != null && open.letters() > letters) {
            lettersGrew = clock.instant();
        }
        letters = open.letters();
        noteLost(seen);
        return new Facts(
                seen,
                seconds(measured),
                Math.max(0, seconds(moved.plus(interval))),
                seconds(lettersGrew),
                seconds(lostGrew),
                drift == null ? 0 : drift.left(),
                seconds(drift == null ? null : drift.checkedAt()));
    }

    private void noteLost(Observation seen) {
        MasterState master = seen.master();
        MasterState.Identity identity =
                master == null ? null : master.identities().get(seen.shard());
        if (identity != null) {
            if (lost != null && identity.lost() > lost) {
                lostGrew = clock.instant();
            }
            lost = identity.lost();
        }
    }

    private double seconds(@Nullable Instant since) {
        return since == null
                ? Double.NaN
                : Duration.between(since, clock.instant()).toMillis() / 1e3;
    }
}
