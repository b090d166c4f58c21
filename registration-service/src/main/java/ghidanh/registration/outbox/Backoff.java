package ghidanh.registration.outbox;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Pauses that double with every failure in a row, with jitter, so that instances do not return all at once. */
class Backoff {

    private final Duration first;
    private final Duration max;
    private Duration next;

    Backoff(Duration first, Duration max) {
        this.first = first;
        this.max = max;
        this.next = first;
    }

    /** The pause after one more failure: between half and all of what doubling gives. */
    Duration next() {
        Duration pause = next;
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(max) < 0 ? doubled : max;
        long half = pause.toNanos() / 2;
        return Duration.ofNanos(half + ThreadLocalRandom.current().nextLong(half + 1));
    }

    void reset() {
        next = first;
    }
}
