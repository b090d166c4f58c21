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
            Function<Waiting, R> waiting,
            Function<Refused, R> refused) {
        if (this instanceof Registered now) {
            return registered.apply(now);
        }
        if (this instanceof AlreadyRegistered before) {
            return alreadyRegistered.apply(before);
        }
        return this instanceof Waiting waits ? waiting.apply(waits) : refused.apply((Refused) this);
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
     * The section is full, and the student is on its waiting list.
     *
     * @param createdAt since when, by the shard's clock
     * @param place in the list, from 1
     * @param before whether the student was on it before
     */
    record Waiting(long regId, Instant createdAt, @Nullable Instant syncedAt, int place, boolean before)
            implements RegistrationOutcome {}

    /**
     * Nothing was written.
     *
     * @param details what a person needs to understand it, as JSON in the names of the API; null where the reason says all
     */
    record Refused(Refusal reason, @Nullable String details) implements RegistrationOutcome {}
}
