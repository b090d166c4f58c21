package ghidanh.registration.outbox;

import ghidanh.database.Connections;
import ghidanh.database.Patience;
import ghidanh.shard.Shard;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** How much waits in one shard's outbox, as last measured; NaN if that failed. Measured by one thread, read by any. */
class Backlog {

    private static final Logger log = LoggerFactory.getLogger(Backlog.class);

    private static final String MEASURE = """
            -- Backlog
            select count(*) as rows,
                   coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8 as oldest_seconds
              from outbox
            """;

    private record Measured(double rows, double oldestSeconds) {

        static final Measured UNKNOWN = new Measured(Double.NaN, Double.NaN);
    }

    private final Shard shard;
    private final DataSource source;
    private @Nullable Connection connection;
    private volatile Measured measured = Measured.UNKNOWN;

    /** @param silence how long the shard may leave us without an answer; the last measure stands that long at most */
    Backlog(Connections connections, Shard shard, Duration silence) {
        this.shard = shard;
        this.source = connections.lasting(shard.database(), shard.name() + " backlog", Patience.of(silence, silence));
    }

    double rows() {
        return measured.rows();
    }

    double oldestSeconds() {
        return measured.oldestSeconds();
    }

    synchronized void measure() {
        try {
            if (connection == null) {
                connection = source.getConnection();
            }
            measured = JdbcClient.create(new SingleConnectionDataSource(connection, true))
                    .sql(MEASURE)
                    .query((row, number) -> new Measured(row.getLong("rows"), row.getDouble("oldest_seconds")))
                    .single();
        } catch (SQLException | RuntimeException e) {
            // Whatever it was: an exception that left here would end the measuring for good.
            log.debug("Shard {}: cannot measure the outbox", shard.name(), e);
            close();
        }
    }

    /** Forgets the measure and the connection. */
    synchronized void close() {
        measured = Measured.UNKNOWN;
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                log.debug("Shard {}: cannot close a connection", shard.name(), e);
            }
            connection = null;
        }
    }
}
