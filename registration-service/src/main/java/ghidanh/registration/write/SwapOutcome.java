package ghidanh.registration.write;

import org.jspecify.annotations.Nullable;

/**
 * What became of one swap: the new registration, or a refusal, and then nothing was written.
 *
 * @param withdrawal of what was to be given up; null where that is the section asked for
 * @param stno the shard's number of the student; 0 if there is no such registration
 * @param registration what the student was told who has given it up; null where the withdrawal was refused
 */
public record SwapOutcome(
        @Nullable WithdrawalOutcome withdrawal,
        int stno,
        @Nullable RegistrationOutcome registration) {}
