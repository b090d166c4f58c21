package ghidanh.sync.remap;

import ghidanh.database.DatabaseName;
import ghidanh.database.Fault;
import ghidanh.shard.ShardCatalogue;
import ghidanh.sync.master.MasterDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The seed's manual sync, {@code sync_registrations_remapped()}: without Kafka, whatever the shards have. */
@Component
public class ManualSync {

    private static final Logger LOG = LoggerFactory.getLogger(ManualSync.class);

    private static final String SYNC_SHARD = """
            -- ManualSync
            select sync_registrations_remapped(?)
            """;

    private final MasterDatabase master;
    private final ShardCatalogue catalogue;

    ManualSync(MasterDatabase master, ShardCatalogue catalogue) {
        this.master = master;
        this.catalogue = catalogue;
    }

    /**
     * What a manual sync did.
     *
     * @param registrations rows inserted or updated on the master, over all shards
     * @param shards the same by shard
     * @param unavailableShards shards that could not be asked; theirs are missing
     */
    public record Report(long registrations, Map<String, Long> shards, List<String> unavailableShards) {}

    /**
     * Syncs shard by shard, each in its own session and transaction, so that one which is down leaves the others alone.
     *
     * @throws SQLException if the master cannot work now
     */
    public Report run() throws SQLException {
        Map<String, Long> shards = new TreeMap<>();
        List<String> unavailable = new ArrayList<>();
        for (String shard : catalogue.names()) {
            try (Connection session = master.patient().getConnection()) {
                sync(session, shard, shards, unavailable);
            }
        }
        long sum = shards.values().stream().mapToLong(Long::longValue).sum();
        return new Report(sum, shards, unavailable);
    }

    private static void sync(Connection session, String shard, Map<String, Long> shards, List<String> unavailable)
            throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(SYNC_SHARD)) {
            statement.setString(1, shard);
            try (ResultSet count = statement.executeQuery()) {
                count.next();
                shards.put(shard, count.getLong(1));
            }
        } catch (SQLException e) {
            // With the session still good, it was the shard that could not be reached.
            if (Fault.of(e) != Fault.OUTAGE || !session.isValid(2)) {
                throw e;
            }
            LOG.warn("Manual sync without shard {}: {}", shard, DatabaseName.MASTER.explain(e));
            unavailable.add(shard);
        }
    }
}
