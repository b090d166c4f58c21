package ghidanh.sync.replay;

import ghidanh.sync.job.Progress;

/** Keeps a job at so many rows a second, counted from when it began, so that a slow batch is caught up with. */
final class Pace {

    private static final int BATCHES_PER_SECOND = 5;

    private final int maxPerSecond;
    private final long startNanos = System.nanoTime();
    private long rows;

    /** @param maxPerSecond 0 for as fast as it goes */
    Pace(int maxPerSecond) {
        this.maxPerSecond = maxPerSecond;
    }

    /** Small enough for the rate to be even. */
    int batchSize(int most) {
        return maxPerSecond == 0 ? most : Math.max(1, Math.min(most, maxPerSecond / BATCHES_PER_SECOND));
    }

    /** Waits until the rows so far are due, or ends the job. */
    void after(int more, Progress progress) {
        rows += more;
        if (maxPerSecond > 0) {
            long ahead = rows * 1_000 / maxPerSecond - (System.nanoTime() - startNanos) / 1_000_000;
            progress.pause(Math.max(0, ahead));
        }
        progress.checkStopped();
    }
}
