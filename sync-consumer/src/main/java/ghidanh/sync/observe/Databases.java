package ghidanh.sync.observe;

import ghidanh.database.Connections;
import ghidanh.database.DatabaseName;
import ghidanh.database.Patience;
import ghidanh.shard.Database;
import ghidanh.shard.Shard;
import ghidanh.shard.ShardSettings;
import org.springframework.stereotype.Component;

/**
 * Connections to master and shards that wait for no answer longer than the settings' patience. To the shards directly, not
 * through the master: postgres_fdw holds a session on a frozen shard for half a minute, and its detour would be in every
 * reading of the shard's clock.
 */
@Component
class Databases {

    private final Connections connections;
    private final Database master;
    private final Patience patience;

    Databases(Connections connections, ShardSettings shards, ObserveSettings settings) {
        this.connections = connections;
        this.master = shards.masterDatabase();
        this.patience = Patience.of(settings.patience(), settings.patience(), settings.patience());
    }

    KeptConnection master(String purpose) {
        return connection(DatabaseName.MASTER, master, purpose);
    }

    KeptConnection shard(Shard shard) {
        return connection(DatabaseName.ofShard(shard.name()), shard.database(), shard.name());
    }

    private KeptConnection connection(DatabaseName name, Database database, String purpose) {
        return new KeptConnection(name, connections.lasting(database, "observe " + purpose, patience));
    }
}
