package ghidanh.registration.write;

import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What became of one request for a section. */
public sealed interface RegistrationOutcome {

    /** Handles every case. */
    default <R> R fold(
            Function<Registered, R> registered,
            Function<AlreadyRegistered, R> alreadyRegistered,
            Function<Refused, R> refused) {
        if (this instanceof Registered now) {
            return registered.apply(now);
        }
        return this instanceof AlreadyRegistered before
                ? alreadyRegistered.apply(before)
                : refused.apply((Refused) this);
    }

    /**
     * The student has the seat, since now.
     *
     * @param regId the shard's number of the registration
     * @param createdAt by the shard's clock
     */
    record Registered(long regId, Instant createdAt) implements RegistrationOutcome {}

    /**
     * The student had the seat before.
     *
     * @param syncedAt when the shard learnt that the master has it; null where it has not learnt that
     */
    record AlreadyRegistered(
            long regId, Instant createdAt, @Nullable Instant syncedAt) implements RegistrationOutcome {}

    /**
     * Nothing was written.
     *
     * @param details what a person needs to understand it, as JSON in the names of the API; null where the reason says all
     */
    record Refused(Refusal reason, @Nullable String details) implements RegistrationOutcome {}
}
