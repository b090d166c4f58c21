package ghidanh.sync.master;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import ghidanh.event.TopicSettings;
import ghidanh.shard.Database;
import ghidanh.shard.ShardCatalogue;
import ghidanh.shard.ShardSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.stereotype.Component;

/**
 * Sessions on the master. A session keeps a postgres_fdw connection to every shard it ever asked, and a frozen shard
 * holds its session; so each shard has a pool of its own, and what works for one shard takes sessions from there only.
 *
 * <p>Nothing connects before the first use, so the service starts while the master is down.
 */
@Component
public class MasterDatabase implements AutoCloseable {

    private final Database database;
    private final MasterSettings settings;
    private final HikariDataSource general;
    private final Map<String, HikariDataSource> pools = new LinkedHashMap<>();

    MasterDatabase(
            ShardSettings shards,
            ShardCatalogue catalogue,
            TopicSettings topics,
            MasterSettings settings,
            MeterRegistry meters) {
        this.database = shards.masterDatabase();
        this.settings = settings;
        this.general = pool("master", 4, meters);
        // Sessions for the shares of a batch, one for the marks, one for the sweeper.
        catalogue.names().forEach(shard -> pools.put(shard, pool("master-" + shard, topics.partitions() + 3, meters)));
    }

    /** Sessions for work on one shard of the catalogue; no statement may name another shard. */
    public DataSource forShard(String shard) {
        HikariDataSource pool = pools.get(shard);
        if (pool == null) {
            throw new IllegalArgumentException("shard " + shard + " is not in the catalogue " + pools.keySet());
        }
        return pool;
    }

    /** Sessions for statements that reach no shard. */
    public DataSource general() {
        return general;
    }

    /** Sessions of their own, not pooled, for what may take minutes: migrations and by-hand sync. */
    public DataSource patient() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(database.url());
        source.setUser(database.username());
        source.setPassword(database.password());
        source.setApplicationName("sync-consumer by hand");
        source.setConnectTimeout(seconds(settings.connectTimeout()));
        source.setLoginTimeout(seconds(settings.connectTimeout()));
        source.setSocketTimeout(seconds(settings.byHandTimeout().plusMinutes(1)));
        source.setTcpKeepAlive(true);
        source.setOptions("-c statement_timeout=" + settings.byHandTimeout().toMillis());
        return source;
    }

    Database database() {
        return database;
    }

    @Override
    public void close() {
        pools.values().forEach(HikariDataSource::close);
        general.close();
    }

    private HikariDataSource pool(String name, int sessions, MeterRegistry meters) {
        HikariDataSource pool = new HikariDataSource();
        pool.setPoolName(name);
        pool.setJdbcUrl(database.url());
        pool.setUsername(database.username());
        pool.setPassword(database.password());
        pool.setMaximumPoolSize(sessions);
        pool.setMinimumIdle(0);
        pool.setInitializationFailTimeout(-1);
        pool.setConnectionTimeout(settings.connectTimeout().toMillis());
        pool.setValidationTimeout(Math.min(settings.connectTimeout().toMillis(), 2_000));
        pool.setExceptionOverrideClassName(KeepSessionOnShardErrors.class.getName());
        pool.setMetricsTrackerFactory(new MicrometerMetricsTrackerFactory(meters));
        pool.addDataSourceProperty("ApplicationName", "sync-consumer " + name);
        pool.addDataSourceProperty("connectTimeout", String.valueOf(seconds(settings.connectTimeout())));
        pool.addDataSourceProperty("loginTimeout", String.valueOf(seconds(settings.connectTimeout())));
        pool.addDataSourceProperty("socketTimeout", String.valueOf(seconds(settings.socketTimeout())));
        pool.addDataSourceProperty("tcpKeepAlive", "true");
        pool.addDataSourceProperty(
                "options",
                "-c statement_timeout=" + settings.statementTimeout().toMillis() + " -c lock_timeout="
                        + settings.lockTimeout().toMillis() + " -c idle_in_transaction_session_timeout="
                        + settings.socketTimeout().toMillis());
        return pool;
    }

    private static int seconds(Duration duration) {
        return Math.max(1, (int) duration.toSeconds());
    }
}
