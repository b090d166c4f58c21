package ghidanh.embedded;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;

/** Asks until something is so, for what nobody tells us. */
final class Poll {

    private static final int PAUSE_MILLIS = 5;

    interface Condition {
        boolean holds() throws IOException;
    }

    private Poll() {}

    /** Returns whether the condition came to hold in time. */
    static boolean until(Condition condition, Duration timeout) throws IOException {
        var deadline = System.nanoTime() + timeout.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            pause();
        }
        return true;
    }

    private static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Interrupted while waiting for a server");
        }
    }
}
