package ghidanh.sync.observe;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What waits in a shard's outbox.
 *
 * @param rows committed and not yet published
 * @param oldestSeconds since the oldest of them was inserted, by the shard's clock; 0 where there is none
 */
public record Backlog(double rows, double oldestSeconds) {

    static final Backlog UNKNOWN = new Backlog(Double.NaN, Double.NaN);

    private static final String MEASURE = """
            -- Backlog
            select count(*), coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8
              from outbox
            """;

    static Backlog measure(JdbcClient shard) {
        return shard.sql(MEASURE)
                .query((row, number) -> new Backlog(row.getLong(1), row.getDouble(2)))
                .single();
    }
}
