package ghidanh.sync.observe;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;

/** Reads a database's clock. */
final class DatabaseClock {

    private static final String NOW = """
            -- DatabaseClock
            select (extract(epoch from clock_timestamp()) * 1000000)::bigint
            """;

    private DatabaseClock() {}

    static ClockOffset offset(Connection connection, int readings) throws SQLException {
        try (PreparedStatement now = connection.prepareStatement(NOW)) {
            return ClockOffset.measure(() -> micros(now), Clock.systemUTC(), System::nanoTime, readings);
        }
    }

    private static long micros(PreparedStatement now) throws SQLException {
        try (ResultSet row = now.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }
}
