package ghidanh.registration.outbox;

import ghidanh.shard.Database;
import ghidanh.shard.Shard;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.PGProperty;
import org.springframework.jdbc.CannotGetJdbcConnectionException;

/** Opens plain connections to shards, outside any pool, that never wait for a shard without limit. */
final class ShardConnections {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

    private ShardConnections() {}

    /**
     * Opens a connection.
     *
     * @param name as pg_stat_activity shows it
     * @param silence how long the shard may leave a statement unanswered before the connection counts as lost
     * @throws CannotGetJdbcConnectionException if the shard does not answer or refuses us
     */
    static Connection open(Shard shard, String name, Duration silence) {
        Database database = shard.database();
        Properties properties = new Properties();
        PGProperty.USER.set(properties, database.username());
        PGProperty.PASSWORD.set(properties, database.password());
        PGProperty.APPLICATION_NAME.set(properties, name);
        PGProperty.CONNECT_TIMEOUT.set(properties, seconds(CONNECT_TIMEOUT));
        PGProperty.LOGIN_TIMEOUT.set(properties, seconds(CONNECT_TIMEOUT));
        PGProperty.SOCKET_TIMEOUT.set(properties, seconds(silence));
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        // The same few statements for hours: have the server prepare them at once.
        PGProperty.PREPARE_THRESHOLD.set(properties, 1);
        try {
            return DriverManager.getConnection(database.url(), properties);
        } catch (SQLException e) {
            throw new CannotGetJdbcConnectionException("Shard " + shard.name() + " is out of reach", e);
        }
    }

    private static int seconds(Duration duration) {
        return (int) Math.max(1, duration.toSeconds());
    }
}
