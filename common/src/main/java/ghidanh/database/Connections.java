package ghidanh.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import ghidanh.shard.Database;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Where all connections of a service come from. {@code pg_stat_activity} shows each under the service's name and its purpose.
 */
public final class Connections {

    private static final long LONGEST_VALIDATION_MS = 2_000;

    private final String service;
    private final MeterRegistry meters;

    /** @param service its name, such as {@code sync-consumer} */
    public Connections(String service, MeterRegistry meters) {
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
     * A pool that does not mind a database that is down.
     *
     * @param purpose also the pool's name in metrics
     * @param idle connections that are opened before they are needed; 0 opens none before the first use
     */
    public HikariDataSource pool(Database database, String purpose, Patience patience, int size, int idle) {
        PGSimpleDataSource source = source(database, purpose, patience);
        source.setOptions(patience.options() + "-c idle_in_transaction_session_timeout="
                + patience.answer().toMillis());

        var pool = new HikariConfig();
        pool.setPoolName(purpose);
        pool.setDataSource(source);
        pool.setMaximumPoolSize(size);
        pool.setMinimumIdle(idle);
        pool.setConnectionTimeout(patience.connect().toMillis());
        pool.setValidationTimeout(
                Math.min(LONGEST_VALIDATION_MS, patience.connect().toMillis()));
        pool.setInitializationFailTimeout(-1);
        pool.setExceptionOverride(new KeepSession());
        pool.setMetricRegistry(meters);
        return new HikariDataSource(pool);
    }

    private PGSimpleDataSource source(Database database, String purpose, Patience patience) {
        var source = new PGSimpleDataSource();
        source.setURL(database.url());
        source.setUser(database.username());
        source.setPassword(database.password());
        source.setApplicationName(service + " " + purpose);
        source.setConnectTimeout(patience.connectSeconds());
        source.setLoginTimeout(patience.connectSeconds());
        source.setSocketTimeout(patience.answerSeconds());
        source.setTcpKeepAlive(true);
        source.setOptions(patience.options());
        return source;
    }

    /**
     * Keeps a session whose statement failed because a database behind it could not be reached. By the SQLSTATE alone (08001,
     * 08006) the pool would take the session itself for broken and open a new one for every attempt.
     */
    private static final class KeepSession implements SQLExceptionOverride {

        @java.lang.Override
        public Override adjudicate(SQLException error) {
            return SqlStates.isOfDatabaseBehind(error) ? Override.DO_NOT_EVICT : Override.CONTINUE_EVICT;
        }
    }
}
