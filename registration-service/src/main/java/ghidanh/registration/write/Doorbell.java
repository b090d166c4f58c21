package ghidanh.registration.write;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/**
 * Wakes the relay of a shard as soon as something was committed there, instead of at its next poll.
 *
 * <p>A ring is never lost: the relay reads the outbox after it has heard it. Any number of rings before that count as one.
 * It reaches the relay of this process only; rows of other writers are found by polling. Thread-safe.
 */
@Component
public final class Doorbell {

    private final ConcurrentMap<String, Semaphore> bells = new ConcurrentHashMap<>();

    /** Says that rows were committed on a shard. Call it after the commit; never blocks. */
    public void ring(String shard) {
        Semaphore bell = bell(shard);
        // A permit that is there will be taken before the next read, which then sees our commit as well.
        if (bell.availablePermits() == 0) {
            bell.release();
        }
    }

    /** Waits for a ring since the last call, at most {@code limit}. */
    public boolean await(String shard, Duration limit) throws InterruptedException {
        Semaphore bell = bell(shard);
        boolean rung = bell.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS);
        bell.drainPermits();
        return rung;
    }

    private Semaphore bell(String shard) {
        return bells.computeIfAbsent(shard, name -> new Semaphore(0));
    }
}
