package ghidanh.registration.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Instants to and from timestamptz. Its {@code infinity} is {@link Instant#MAX}, and {@code -infinity} {@link Instant#MIN}.
 */
public final class Times {

    /** PostgreSQL counts from here, too: every time that it can hold has a number. */
    private static final Instant ZERO = Instant.parse("2000-01-01T00:00:00Z");

    /** The first and the last microsecond that it can hold. */
    private static final long FIRST = -211_813_488_000_000_000L;

    private static final long LAST = 9_223_371_331_199_999_999L;

    private Times() {}

    public static Instant of(ResultSet row, String column) throws SQLException {
        return instant(row.getObject(column, OffsetDateTime.class));
    }

    public static @Nullable Instant ofNullable(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : instant(time);
    }

    private static Instant instant(OffsetDateTime time) {
        if (time.equals(OffsetDateTime.MAX)) {
            return Instant.MAX;
        }
        return time.equals(OffsetDateTime.MIN) ? Instant.MIN : time.toInstant();
    }

    public static OffsetDateTime parameter(Instant instant) {
        if (instant.equals(Instant.MAX)) {
            return OffsetDateTime.MAX;
        }
        return instant.equals(Instant.MIN) ? OffsetDateTime.MIN : instant.atOffset(ZoneOffset.UTC);
    }

    /** Whether it is a time at all. */
    public static boolean isFinite(Instant instant) {
        return !instant.equals(Instant.MAX) && !instant.equals(Instant.MIN);
    }

    /** The microseconds since 2000; the greatest and the least number for what is infinite. */
    public static long micros(Instant instant) {
        if (!isFinite(instant)) {
            return instant.equals(Instant.MAX) ? Long.MAX_VALUE : Long.MIN_VALUE;
        }
        // Not ChronoUnit.MICROS: until Java 19 it counts nanoseconds, which end after 292 years.
        return (instant.getEpochSecond() - ZERO.getEpochSecond()) * 1_000_000 + instant.getNano() / 1_000;
    }

    /**
     * The other way round.
     *
     * @throws IllegalArgumentException if PostgreSQL has no such time
     */
    public static Instant ofMicros(long micros) {
        if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
            return micros > 0 ? Instant.MAX : Instant.MIN;
        }
        if (micros < FIRST || micros > LAST) {
            throw new IllegalArgumentException("timestamptz does not hold " + micros + " microseconds");
        }
        return ZERO.plus(micros, ChronoUnit.MICROS);
    }
}
