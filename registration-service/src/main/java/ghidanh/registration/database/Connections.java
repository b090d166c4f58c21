package ghidanh.registration.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import ghidanh.shard.Database;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Makes connections that never wait for ever: each has a limit in the socket and, a little sooner, in the server. */
final class Connections {

    private final DatabaseAccessSettings settings;
    private final MeterRegistry meters;

    Connections(DatabaseAccessSettings settings, MeterRegistry meters) {
        this.settings = settings;
        this.meters = meters;
    }

    /**
     * Connections without a pool.
     *
     * @param purpose what {@code pg_stat_activity} shows after the service's name
     * @param answer longest wait for one answer
     */
    DataSource unpooled(Database database, String purpose, Duration answer) {
        return source(database, purpose, answer);
    }

    /** A pool that opens its connections when they are needed, and does not mind a database that is down. */
    HikariDataSource pool(String name, Database database, String purpose, int size, Duration answer) {
        PGSimpleDataSource source = source(database, purpose, answer);
        long server = Math.max(500, answer.toMillis() * 8 / 10);
        source.setOptions("-c statement_timeout=" + server + " -c lock_timeout=" + server / 2);

        var pool = new HikariConfig();
        pool.setPoolName(name + " " + purpose);
        pool.setDataSource(source);
        pool.setMaximumPoolSize(size);
        pool.setMinimumIdle(1);
        pool.setConnectionTimeout(settings.connectTimeout().toMillis());
        pool.setValidationTimeout(Math.min(2000, settings.connectTimeout().toMillis()));
        pool.setInitializationFailTimeout(-1);
        pool.setMetricRegistry(meters);
        return new HikariDataSource(pool);
    }

    private PGSimpleDataSource source(Database database, String purpose, Duration answer) {
        var source = new PGSimpleDataSource();
        source.setURL(database.url());
        source.setUser(database.username());
        source.setPassword(database.password());
        source.setApplicationName("registration-service " + purpose);
        source.setConnectTimeout((int) settings.connectTimeout().toSeconds());
        source.setSocketTimeout((int) answer.toSeconds());
        source.setTcpKeepAlive(true);
        return source;
    }
}
