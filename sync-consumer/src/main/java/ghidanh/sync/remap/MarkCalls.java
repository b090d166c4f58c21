package ghidanh.sync.remap;

import ghidanh.sync.master.MasterDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.springframework.stereotype.Component;

/** Marks registrations on their shard as synced: transaction (B), never the one that brought them. */
@Component
public class MarkCalls {

    private static final String MARK_SYNCED = """
            -- MarkCalls
            select mark_synced(?, ?)
            """;

    private final MasterDatabase master;

    MarkCalls(MasterDatabase master) {
        this.master = master;
    }

    /**
     * Marks those of the registrations whose present state is on the master.
     *
     * @return rows marked
     */
    public long mark(String shard, long[] regIds) throws SQLException {
        try (Connection session = master.forShard(shard).getConnection();
                PreparedStatement statement = session.prepareStatement(MARK_SYNCED)) {
            statement.setString(1, shard);
            statement.setObject(2, regIds);
            try (ResultSet marked = statement.executeQuery()) {
                marked.next();
                return marked.getLong(1);
            }
        }
    }
}
