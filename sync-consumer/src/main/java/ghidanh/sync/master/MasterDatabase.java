package ghidanh.sync.master;

import com.zaxxer.hikari.HikariDataSource;
import ghidanh.database.Connections;
import ghidanh.event.TopicSettings;
import ghidanh.shard.Database;
import ghidanh.shard.Role;
import ghidanh.shard.ShardCatalogue;
import ghidanh.shard.ShardSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;
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
    private final DataSource owner;
    private final DataSource patient;
    private final HikariDataSource general;
    private final Map<String, HikariDataSource> pools = new LinkedHashMap<>();

    MasterDatabase(
            ShardSettings shards,
            ShardCatalogue catalogue,
            TopicSettings topics,
            MasterSettings settings,
            Connections connections) {
        this.database = shards.masterDatabase();
        this.owner = connections.unpooled(database, "migration", settings.byHand());
        Database sync = database.as(Role.SYNC);
        this.patient = connections.unpooled(sync, "by hand", settings.byHand());
        this.general = connections.pool(sync, "master", settings.sync(), 4);
        // Sessions for the shares of a batch, one for the marks, one for the sweeper.
        int sessions = topics.partitions() + 3;
        catalogue
                .names()
                .forEach(shard ->
                        pools.put(shard, connections.pool(sync, "master-" + shard, settings.sync(), sessions)));
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

    /** Sessions of whom tables and functions belong to, not pooled, for what may take minutes. */
    DataSource owner() {
        return owner;
    }

    /** Sessions of their own, not pooled, for what may take minutes. */
    public DataSource patient() {
        return patient;
    }

    Database database() {
        return database;
    }

    @Override
    public void close() {
        pools.values().forEach(HikariDataSource::close);
        general.close();
    }
}
