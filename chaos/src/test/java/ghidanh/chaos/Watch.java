package ghidanh.chaos;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Looks in the middle of the faults for a mark ahead of the master, and for a row of the master ahead of its shard. */
final class Watch implements AutoCloseable {

    private static final long PAUSE_MILLIS = 1_000;

    private static final String NEW_MARKS = """
            select reg_id, version from registrations where synced_at > now() - interval '3 s'
            """;
    private static final String NEW_ON_MASTER = """
            select shard_reg_id, version from registrations where shard_name = ? and synced_at > now() - interval '3 s'
            """;
    private static final String ON_MASTER = """
            select shard_reg_id, version from registrations where shard_name = ? and shard_reg_id = any (?)
            """;
    private static final String ON_SHARD = """
            select reg_id, version from registrations where ?::text is not null and reg_id = any (?)
            """;

    private final RunningSystem system;
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final Map<String, Long> rows = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "watch");

    Watch(RunningSystem system) {
        this.system = system;
        thread.setUncaughtExceptionHandler((dead, error) -> violations.add("the watch died of " + error));
        thread.start();
    }

    List<String> violations() {
        return violations;
    }

    /** Rows looked at so far, for each thing that is looked for on each shard. */
    Map<String, Long> rows() {
        return rows;
    }

    private void run() {
        try {
            while (!closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                for (String shard : Targets.SHARDS) {
                    look(shard);
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void look(String shard) {
        try (Connection onShard = system.connect(Targets.shard(shard));
                Connection onMaster = system.connect(Targets.MASTER)) {
            // The follower first: what it has must be where it came from.
            Map<Long, Long> marked = versions(onShard, NEW_MARKS, null, null);
            compare("marked on shard " + shard, marked, versions(onMaster, ON_MASTER, shard, marked));
            Map<Long, Long> arrived = versions(onMaster, NEW_ON_MASTER, shard, null);
            compare("on the master from " + shard, arrived, versions(onShard, ON_SHARD, shard, arrived));
        } catch (SQLException e) {
            return; // a fault is on: nothing to be seen
        }
    }

    private void compare(String what, Map<Long, Long> follower, Map<Long, Long> source) {
        rows.merge(what, (long) follower.size(), Long::sum);
        follower.forEach((regId, version) -> {
            Long there = source.get(regId);
            if (there == null || there < version) {
                violations.add(
                        what + ": registration " + regId + " in version " + version + ", the other side has " + there);
            }
        });
    }

    private static Map<Long, Long> versions(
            Connection connection, String query, @Nullable String shard, @Nullable Map<Long, Long> of)
            throws SQLException {
        try (var statement = connection.prepareStatement(query)) {
            if (shard != null) {
                statement.setString(1, shard);
            }
            if (of != null) {
                statement.setArray(
                        2, connection.createArrayOf("bigint", of.keySet().toArray()));
            }
            Map<Long, Long> versions = new HashMap<>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    versions.put(rows.getLong(1), rows.getLong(2));
                }
            }
            return versions;
        }
    }

    /** Returns when it has ended; its findings are complete then. */
    @Override
    public void close() throws InterruptedException {
        closed.countDown();
        thread.join();
    }
}
