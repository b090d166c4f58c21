package ghidanh.sync.observe;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * How far another clock is from this machine's.
 *
 * @param aheadMicros what the other clock shows more; negative when it is behind
 * @param uncertaintyMicros half the time the question took: the error is no larger
 */
record ClockOffset(double aheadMicros, double uncertaintyMicros) {

    private static final String NOW = """
            -- ClockOffset
            select (extract(epoch from clock_timestamp()) * 1000000)::bigint
            """;

    /** The other clock, in microseconds since 1970. */
    interface Remote {

        long micros() throws SQLException;
    }

    /** Monotonic time of this process. */
    interface Ticker {

        long nanos();
    }

    /** Of a database's clock. */
    static ClockOffset of(Connection connection, int readings) throws SQLException {
        try (PreparedStatement now = connection.prepareStatement(NOW)) {
            return measure(() -> micros(now), Clock.systemUTC(), System::nanoTime, readings);
        }
    }

    private static long micros(PreparedStatement now) throws SQLException {
        try (ResultSet row = now.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /**
     * Reads the other clock several times and keeps the reading with the fastest answer, as NTP does: the clock was read at
     * some moment of the round trip, so its middle is wrong by half of it at most.
     */
    static ClockOffset measure(Remote remote, Clock clock, Ticker ticker, int readings) throws SQLException {
        ClockOffset best = new ClockOffset(Double.NaN, Double.POSITIVE_INFINITY);
        for (int i = 0; i < readings; i++) {
            long local = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
            long before = ticker.nanos();
            long there = remote.micros();
            double half = (ticker.nanos() - before) / 2_000.0;
            if (half < best.uncertaintyMicros) {
                best = new ClockOffset(there - local - half, half);
            }
        }
        return best;
    }
}
