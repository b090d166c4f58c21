package ghidanh.registration.write;

import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What became of one request for a section. */
public sealed interface RegistrationOutcome {

    /** Handles every case; a new one breaks the build of those who must know it. */
    <R> R fold(
            Function<Registered, R> registered,
            Function<AlreadyRegistered, R> alreadyRegistered,
            Function<Refused, R> refused);

    /**
     * The student has the seat, since now.
     *
     * @param regId the shard's number of the registration
     * @param createdAt by the shard's clock
     */
    record Registered(long regId, Instant createdAt) implements RegistrationOutcome {
        @Override
        public <R> R fold(
                Function<Registered, R> registered,
                Function<AlreadyRegistered, R> alreadyRegistered,
                Function<Refused, R> refused) {
            return registered.apply(this);
        }
    }

    /**
     * The student had the seat before.
     *
     * @param syncedAt when the shard learnt that the master has it; null where it has not learnt that
     */
    record AlreadyRegistered(
            long regId, Instant createdAt, @Nullable Instant syncedAt) implements RegistrationOutcome {
        @Override
        public <R> R fold(
                Function<Registered, R> registered,
                Function<AlreadyRegistered, R> alreadyRegistered,
                Function<Refused, R> refused) {
            return alreadyRegistered.apply(this);
        }
    }

    /** Nothing was written. */
    record Refused(Refusal reason) implements RegistrationOutcome {
        @Override
        public <R> R fold(
                Function<Registered, R> registered,
                Function<AlreadyRegistered, R> alreadyRegistered,
                Function<Refused, R> refused) {
            return refused.apply(this);
        }
    }
}
