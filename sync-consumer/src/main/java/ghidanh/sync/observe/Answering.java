package ghidanh.sync.observe;

import ghidanh.database.Obstacle;
import ghidanh.database.Trouble;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether somebody answers who is asked again and again. Told by one thread, read by any. */
class Answering {

    /** A question that waits for longer may become trouble: nobody knows yet. */
    private static final Duration HESITATION = Duration.ofMillis(300);

    /** A question that waits for longer is trouble, long before it is given up. */
    private static final Duration SILENCE = Duration.ofSeconds(1);

    private final Clock clock;
    private volatile @Nullable Instant asked;
    private volatile @Nullable Trouble trouble;

    Answering(Clock clock) {
        this.clock = clock;
    }

    void asks() {
        asked = clock.instant();
    }

    void answered() {
        asked = null;
        trouble = null;
    }

    void failed(Obstacle obstacle, String message) {
        trouble =
                new Trouble(clock.instant(), obstacle, message).after(trouble().orElse(null));
        asked = null;
    }

    boolean hesitates() {
        Instant since = asked;
        return since != null && Duration.between(since, clock.instant()).compareTo(HESITATION) > 0;
    }

    /** Empty where the last question was answered, and before the first. */
    Optional<Trouble> trouble() {
        Trouble told = trouble;
        Instant since = asked;
        if (told == null
                && since != null
                && Duration.between(since, clock.instant()).compareTo(SILENCE) > 0) {
            return Optional.of(new Trouble(since, Obstacle.SILENT, "no answer"));
        }
        return Optional.ofNullable(told);
    }
}
