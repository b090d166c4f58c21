package ghidanh.benchmarks.lag;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LongSummaryStatistics;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * From a shard's commit of a registration to the master's, by the two servers' own commit timestamps; one clock for both.
 *
 * @param micros of those that the master has
 * @param missing on the master
 */
record CommitLag(Histogram micros, long missing) {

    private static final long LONGEST = 3_600_000_000L;

    // Of the history: a mark makes the registration's own row a new one.
    private static final String ON_SHARD = """
            select h.reg_id, (extract(epoch from pg_xact_commit_timestamp(h.xmin)) * 1000000)::bigint
              from registration_history h
             where h.reg_id > ?
            """;
    private static final String ON_MASTER = """
            select r.shard_reg_id, (extract(epoch from pg_xact_commit_timestamp(r.xmin)) * 1000000)::bigint
              from registrations r
             where r.shard_name = '%s'
               and r.shard_reg_id > ?
            """;

    static Histogram histogram() {
        return new Histogram(LONGEST, 3);
    }

    /**
     * Reads the registrations made since some moment.
     *
     * @param after the last registration before them, of each shard
     * @param fromMicros shard commits before this one are left out, microseconds since 1970
     */
    static CommitLag read(Deployment deployment, Map<String, Long> after, long fromMicros) throws SQLException {
        CommitLag all = none();
        for (Map.Entry<String, Long> shard : after.entrySet()) {
            try (Connection master = deployment.connectToMaster();
                    Connection connection = deployment.connectToShard(shard.getKey())) {
                all = all.and(between(
                        commits(connection, ON_SHARD, shard.getValue()),
                        commits(master, ON_MASTER.formatted(shard.getKey()), shard.getValue()),
                        fromMicros));
            }
        }
        return all;
    }

    static CommitLag none() {
        return new CommitLag(histogram(), 0);
    }

    CommitLag and(CommitLag other) {
        Histogram sum = micros.copy();
        sum.add(other.micros);
        return new CommitLag(sum, missing + other.missing);
    }

    /** @param fromMicros shard commits before this one are left out */
    static CommitLag between(Map<Long, Long> shard, Map<Long, Long> master, long fromMicros) {
        Histogram lags = histogram();
        long missing = 0;
        for (Map.Entry<Long, Long> commit : shard.entrySet()) {
            Long arrived = master.get(commit.getKey());
            if (commit.getValue() < fromMicros) {
                continue;
            }
            if (arrived == null) {
                missing++;
            } else {
                lags.recordValue(Math.max(0, arrived - commit.getValue()));
            }
        }
        return new CommitLag(lags, missing);
    }

    /**
     * When registrations came to the master, microseconds since 1970.
     *
     * @param rows how many there are; the times are 0 where there is none
     */
    record Arrivals(long rows, long firstMicros, long lastMicros) {}

    /** @param after the last registration before those, of each shard */
    static Arrivals arrivals(Deployment deployment, Map<String, Long> after) throws SQLException {
        var times = new LongSummaryStatistics();
        for (Map.Entry<String, Long> shard : after.entrySet()) {
            try (Connection connection = deployment.connectToMaster()) {
                commits(connection, ON_MASTER.formatted(shard.getKey()), shard.getValue())
                        .values()
                        .forEach(times::accept);
            }
        }
        return times.getCount() == 0
                ? new Arrivals(0, 0, 0)
                : new Arrivals(times.getCount(), times.getMin(), times.getMax());
    }

    /** The times of commits by reg_id, by a query that takes the last reg_id before them. */
    static Map<Long, Long> commits(Connection connection, String sql, long after) throws SQLException {
        Map<Long, Long> commits = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, after);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    commits.put(rows.getLong(1), rows.getLong(2));
                }
            }
        }
        return commits;
    }
}
