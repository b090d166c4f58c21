package ghidanh.database;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with something that is asked again and again.
 *
 * @param since first failure without a success after it
 * @param message of the last failure, for people
 */
public record Trouble(Instant since, Obstacle obstacle, String message) {

    /** This one, where an earlier one has not ended: it began with that. */
    public Trouble after(@Nullable Trouble earlier) {
        return earlier == null ? this : new Trouble(earlier.since(), obstacle, message);
    }
}
