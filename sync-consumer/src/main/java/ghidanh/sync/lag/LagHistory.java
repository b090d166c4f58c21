package ghidanh.sync.lag;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The lag of a shard's rows over the last quarter of an hour, in steps, for a page that has no Prometheus. Percentiles are of a
 * thousand rows of a step at most, drawn by lot. Thread-safe.
 */
class LagHistory {

    static final Duration STEP = Duration.ofSeconds(10);

    private static final int STEPS = 90;
    private static final int DRAWN = 1_000;

    private final Clock clock;
    private final Deque<LagStep> steps = new ArrayDeque<>();
    private final long[] drawn = new long[DRAWN];
    private final long[] stages = new long[Stage.values().length];
    private Instant begun;
    private long rows;
    private long all;

    LagHistory(Clock clock) {
        this.clock = clock;
        this.begun = clock.instant();
    }

    /** @param stamps six, in order, in microseconds */
    synchronized void record(long[] stamps) {
        for (int stage = 0; stage < stages.length; stage++) {
            stages[stage] += stamps[stage + 1] - stamps[stage];
        }
        long lot = rows < DRAWN ? rows : ThreadLocalRandom.current().nextLong(rows + 1);
        if (lot < DRAWN) {
            drawn[(int) lot] = stamps[stamps.length - 1] - stamps[0];
        }
        rows++;
        all++;
    }

    /** Ends the step that is over; called often. */
    synchronized void tick(double waitingSeconds) {
        Instant now = clock.instant();
        if (now.isBefore(begun.plus(STEP))) {
            return;
        }
        steps.addLast(step(now, waitingSeconds));
        if (steps.size() > STEPS) {
            steps.removeFirst();
        }
        Arrays.fill(stages, 0);
        rows = 0;
        begun = now;
    }

    private LagStep step(Instant end, double waitingSeconds) {
        Double waiting = Double.isNaN(waitingSeconds) ? null : waitingSeconds;
        if (rows == 0) {
            return new LagStep(end, 0, null, null, waiting, List.of());
        }
        int known = (int) Math.min(rows, DRAWN);
        Arrays.sort(drawn, 0, known);
        return new LagStep(
                end,
                rows,
                drawn[(known - 1) / 2] / 1e6,
                drawn[(int) Math.ceil(known * 0.99) - 1] / 1e6,
                waiting,
                Arrays.stream(stages).mapToObj(sum -> sum / 1e6 / rows).toList());
    }

    synchronized List<LagStep> steps() {
        return List.copyOf(steps);
    }

    /** Rows that became visible since the start. */
    synchronized long rows() {
        return all;
    }
}
