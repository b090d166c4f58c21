package ghidanh.sync.diagnosis;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A shard's sentence.
 *
 * @param since when this began, as far as this instance saw
 * @param rows, events, letters or what else the kind counts; null where it counts nothing
 * @param seconds of a wait, a lag or a clock's error
 * @param message the server's own words, or what else is named
 */
public record Diagnosis(
        Kind kind,
        Kind.Severity severity,
        Instant since,
        @Nullable Long rows,
        @Nullable Double seconds,
        @Nullable String message) {}
