package ghidanh.registration.window;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When some students register for a term.
 *
 * @param windowId the shard's number of the window
 * @param uId for students of this university; null: of all
 * @param cohort for students of this year of entry; null: of all
 * @param closes the first moment at which it is closed; null: without an end
 * @param dropUntil the first moment at which they no longer withdraw; null: without an end
 */
public record RegistrationWindow(
        int windowId,
        int year,
        int semester,
        @Nullable Integer uId,
        @Nullable Integer cohort,
        Instant opens,
        @Nullable Instant closes,
        @Nullable Instant dropUntil) {}
