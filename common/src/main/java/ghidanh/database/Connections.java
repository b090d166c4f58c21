package ghidanh.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import ghidanh.shard.Database;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneOffset;
import java.util.TimeZone;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Where all connections of a service come from. {@code pg_stat_activity} shows each under the service's name and its purpose.
 */
public final class Connections {

    private static final long LONGEST_VALIDATION_MS = 2_000;

    private final String service;
    private final MeterRegistry meters;

    /**
     * Makes UTC the zone of this process, for good. The driver tells every server the zone of the process, and a server that
     * does not know it (Asia/Saigon of an old Windows) lets nobody in. Who has asked for the zone before keeps it, such as logs.
     *
     * @param service its name, such as {@code sync-consumer}
     */
    public Connections(String service, MeterRegistry meters) {
        TimeZone.setDefault(TimeZone.getTimeZone(ZoneOffset.UTC));
        this.service = service;
        this.meters = meters;
    }

    /** Connections without a pool, each for one task. */
    public DataSource unpooled(Database database, String purpose, Patience patience) {
        return source(database, purpose, patience);
    }

    /** Connections without a pool, each for the same few statements for hours: the server prepares them at once. */
    public DataSource lasting(Database database, String purpose, Patience patience) {
        PGSimpleDataSource source = source(database, purpose, patience);
        source.setPrepareThreshold(1);
        return source;
    }

    /**
     * A pool that does not mind a database that is down, and opens no connection before the first use: after one that failed
     * it would wait before the next.
     *
     * @param purpose also the pool's name in metrics
     */
    public HikariDataSource pool(Database database, String purpose, Patience patience, int size) {
        PGSimpleDataSource source = source(database, purpose, patience);
        source.setOptions(patience.options() + "-c idle_in_transaction_session_timeout="
                + patience.answer().toMillis());

        var pool = new HikariConfig();
        pool.setPoolName(purpose);
        pool.setDataSource(source);
        pool.setMaximumPoolSize(size);
        pool.setMinimumIdle(0);
        pool.setConnectionTimeout(patience.connect().toMillis());
        pool.setValidationTimeout(
                Math.min(LONGEST_VALIDATION_MS, patience.connect().toMillis()));
        pool.setInitializationFailTimeout(-1);
        var sessions = new Sessions();
        pool.setExceptionOverride(sessions);
        pool.setMetricRegistry(meters);
        sessions.pool = new HikariDataSource(pool);
        return sessions.pool;
    }

    /**
     * Lets the roles of a database sign in with the passwords that are configured for them.
     *
     * @throws SQLException if the database is out of reach, or its owner may not change roles
     */
    public void openLogins(Database database, Patience patience) throws SQLException {
        for (var role : database.roles().entrySet()) {
            if (!opens(database.as(role.getKey()), patience)) {
                String login = role.getKey().login();
                try (Connection owner = unpooled(database, "logins", patience).getConnection();
                        Statement statement = owner.createStatement()) {
                    statement.execute("alter role " + login + " login");
                    // Hashed here: the server, and so its log, never sees it.
                    owner.unwrap(PGConnection.class)
                            .alterUserPassword(login, role.getValue().toCharArray(), "scram-sha-256");
                }
            }
        }
    }

    private boolean opens(Database database, Patience patience) throws SQLException {
        try {
            unpooled(database, "logins", patience).getConnection().close();
            return true;
        } catch (SQLException e) {
            if (SqlStates.isRefusedLogin(e)) {
                return false;
            }
            throw e;
        }
    }

    private PGSimpleDataSource source(Database database, String purpose, Patience patience) {
        var source = new PGSimpleDataSource();
        source.setURL(database.url());
        source.setUser(database.username());
        source.setPassword(database.password());
        // Details and contexts of errors have rows, and so names.
        source.setLogServerErrorDetail(false);
        source.setApplicationName(service + " " + purpose);
        source.setConnectTimeout(patience.connectSeconds());
        source.setLoginTimeout(patience.connectSeconds());
        source.setSocketTimeout(patience.answerSeconds());
        source.setTcpKeepAlive(true);
        source.setOptions(patience.options());
        return source;
    }

    /**
     * Keeps a session whose statement failed because a database behind it could not be reached: by the SQLSTATE alone (08001,
     * 08006) the pool would take the session itself for broken and open a new one for every attempt. Lets all sessions go,
     * which the pool would keep for half an hour, when their server may have lost its role to another.
     */
    private static final class Sessions implements SQLExceptionOverride {

        private @Nullable HikariDataSource pool;

        @java.lang.Override
        public Override adjudicate(SQLException error) {
            if (SqlStates.of(error).elsewhere() && pool != null) {
                pool.getHikariPoolMXBean().softEvictConnections();
                return Override.MUST_EVICT;
            }
            return SqlStates.isOfDatabaseBehind(error) ? Override.DO_NOT_EVICT : Override.CONTINUE_EVICT;
        }
    }
}
