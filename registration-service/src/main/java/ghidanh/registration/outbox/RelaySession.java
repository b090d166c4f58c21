package ghidanh.registration.outbox;

import ghidanh.database.Connections;
import ghidanh.database.Fault;
import ghidanh.database.Patience;
import ghidanh.event.ChangeEvent;
import ghidanh.event.Entity;
import ghidanh.shard.Role;
import ghidanh.shard.Shard;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * The one connection over which a relay leads, reads and deletes, so that losing the lock is losing the right to delete.
 *
 * <p>The shard ends the session, and frees the lock, when it hears nothing for {@link RelaySettings#sessionTimeout()}:
 * {@link #touch()} it while waiting for something else. Every method throws a {@link DataAccessException} once the
 * connection is gone. Not thread-safe, but for {@link #abort()}.
 */
class RelaySession implements AutoCloseable {

    // "ghidanh" in ASCII. Advisory locks belong to a database, so one number does for all shards.
    private static final long LOCK = 0x67686964616e68L;

    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration ANSWER_UNDERWAY = Duration.ofSeconds(2);

    private static final String SET_UP = """
            -- RelaySession
            select set_config('idle_session_timeout', :silence, false),
                   set_config('idle_in_transaction_session_timeout', :silence, false),
                   set_config('tcp_user_timeout', :silence, false),
                   set_config('tcp_keepalives_idle', :probe, false),
                   set_config('tcp_keepalives_interval', :probe, false),
                   set_config('tcp_keepalives_count', '3', false),
                   -- A delete lost in a crash of the shard sends some events again, which is harmless;
                   -- waiting for the disk would halve what writers get from it.
                   set_config('synchronous_commit', 'off', false),
                   -- A plan made for an empty outbox must not sort a million rows later.
                   set_config('enable_seqscan', 'off', false),
                   set_config('jit', 'off', false)
            """;

    // Never "id > last" alone: ids are taken at the insert and become visible at the commit, in another order.
    private static final String READ = """
            -- RelaySession
            select id,
                   entity,
                   entity_id,
                   (extract(epoch from created_at) * 1000000)::bigint as created_at,
                   -- The shard has forgotten the commit of a row that waited for long.
                   (extract(epoch from coalesce(case when :exact then pg_xact_commit_timestamp(xmin) end, created_at))
                       * 1000000)::bigint as committed_at,
                   -- Longer is no trace context of version 00, and might be too long for Kafka.
                   case when length(traceparent) <= 55 then traceparent end as traceparent,
                   left(actor, 300) as actor,
                   (select (extract(epoch from clock_timestamp()) * 1000000)::bigint) as read_at
              from outbox
             where id > :floor
             order by id
             limit :limit
            """;

    private static final String DELETE = """
            -- RelaySession
            delete from outbox
             where id = any (:ids)
            """;

    private final String shard;
    private final Connection connection;
    private final JdbcClient jdbc;
    private final boolean exactCommits;

    private RelaySession(String shard, Connection connection, RelaySettings settings) {
        this.shard = shard;
        this.connection = connection;
        this.jdbc = JdbcClient.create(new SingleConnectionDataSource(connection, true));
        setUp(settings.sessionTimeout());
        this.exactCommits = jdbc.sql("select current_setting('track_commit_timestamp')::boolean")
                .query(Boolean.class)
                .single();
    }

    /**
     * Connects to a shard.
     *
     * @param statementTimeout after which the shard gives up a statement, and soon after which we give up the shard
     * @throws CannotGetJdbcConnectionException if the shard does not answer or refuses us
     */
    static RelaySession open(Connections connections, Shard shard, RelaySettings settings, Duration statementTimeout) {
        var patience = Patience.of(CONNECT, statementTimeout.plus(ANSWER_UNDERWAY), statementTimeout);
        Connection connection;
        try {
            connection = connections
                    .lasting(shard.database().as(Role.RELAY), shard.name() + " relay", patience)
                    .getConnection();
        } catch (SQLException e) {
            throw new CannotGetJdbcConnectionException("Shard " + shard.name() + " is out of reach", e);
        }
        try {
            return new RelaySession(shard.name(), connection, settings);
        } catch (DataAccessException e) {
            close(connection);
            throw e;
        }
    }

    private void setUp(Duration sessionTimeout) {
        jdbc.sql(SET_UP)
                .param("silence", String.valueOf(sessionTimeout.toMillis()))
                .param("probe", String.valueOf(Math.max(1, sessionTimeout.toSeconds() / 4)))
                .query()
                .singleRow();
    }

    /** Tries to become this shard's relay, which it then stays until the connection ends. */
    boolean tryLead() {
        return jdbc.sql("select pg_try_advisory_lock(:lock)")
                .param("lock", LOCK)
                .query(Boolean.class)
                .single();
    }

    /** Whether the shard keeps the times of commits, or the time of the insert has to stand in for them. */
    boolean exactCommits() {
        return exactCommits;
    }

    /**
     * Reads the first rows above {@code floor}, which stay where they are.
     *
     * @throws OutboxMissingException if there is no such table
     */
    Batch read(long floor, int limit) {
        long[] readAt = new long[1];
        try {
            List<OutboxRow> rows = jdbc.sql(READ)
                    .param("exact", exactCommits)
                    .param("floor", floor)
                    .param("limit", limit)
                    .query((row, number) -> {
                        readAt[0] = row.getLong("read_at");
                        return outboxRow(row);
                    })
                    .list();
            return new Batch(rows, readAt[0], System.nanoTime());
        } catch (BadSqlGrammarException e) {
            if (Fault.of(e) == Fault.SETUP) {
                throw new OutboxMissingException(shard, e);
            }
            throw e;
        }
    }

    private OutboxRow outboxRow(ResultSet row) throws SQLException {
        String entity = row.getString("entity");
        return new OutboxRow(
                row.getLong("id"),
                new ChangeEvent(
                        shard,
                        Entity.of(entity)
                                .orElseThrow(() -> new IllegalStateException("Shard " + shard + " has outbox rows for "
                                        + entity + ", which this version does not know")),
                        row.getLong("entity_id")),
                row.getLong("created_at"),
                row.getLong("committed_at"),
                row.getString("traceparent"),
                row.getString("actor"));
    }

    /** Deletes exactly these rows. */
    void delete(long[] ids) {
        jdbc.sql(DELETE).param("ids", ids).update();
    }

    /** Lets the shard know that we are alive. */
    void touch() {
        jdbc.sql("select 1").query(Integer.class).single();
    }

    /** Ends the connection, and whatever waits for it, from another thread. */
    void abort() {
        Executor here = Runnable::run;
        try {
            connection.abort(here);
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot abort a connection", e);
        }
    }

    /** Frees the lock. */
    @Override
    public void close() {
        close(connection);
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // The shard has noticed already, or will by its timeouts.
            return;
        }
    }
}
