package ghidanh.sync.observe;

import ghidanh.shard.Database;
import ghidanh.shard.Shard;
import ghidanh.shard.ShardSettings;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.stereotype.Component;

/**
 * Connections to master and shards that wait for no answer longer than the settings' patience. To the shards directly, not
 * through the master: postgres_fdw holds a session on a frozen shard for half a minute, and its detour would be in every
 * reading of the shard's clock.
 */
@Component
class Databases {

    private final Database master;
    private final ObserveSettings settings;

    Databases(ShardSettings shards, ObserveSettings settings) {
        this.master = shards.masterDatabase();
        this.settings = settings;
    }

    KeptConnection master(String purpose) {
        return new KeptConnection(source(master, purpose));
    }

    KeptConnection shard(Shard shard) {
        return new KeptConnection(source(shard.database(), shard.name()));
    }

    private DataSource source(Database database, String purpose) {
        int seconds = (int) Math.max(1, settings.patience().toSeconds());
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(database.url());
        source.setUser(database.username());
        source.setPassword(database.password());
        source.setApplicationName("sync-observer " + purpose);
        source.setConnectTimeout(seconds);
        source.setLoginTimeout(seconds);
        source.setSocketTimeout(seconds);
        source.setTcpKeepAlive(true);
        source.setOptions("-c statement_timeout=" + settings.patience().toMillis());
        // The same few statements for hours: have the server prepare them at once.
        source.setPrepareThreshold(1);
        return source;
    }
}
