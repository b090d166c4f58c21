package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import ghidanh.database.Connections;
import ghidanh.database.Patience;
import ghidanh.servers.PostgresServer;
import ghidanh.servers.TestServers;
import ghidanh.shard.Database;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SimpleTimeZone;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;

/** What {@link Connections} does for a session that a test of the service would meet only by chance. */
class SessionsIT {

    private static final Patience PATIENCE = Patience.of(Duration.ofSeconds(10), Duration.ofSeconds(30));
    private static final int SESSIONS = 3;

    @Test
    void a_zone_that_the_server_does_not_know_keeps_nobody_out() throws SQLException {
        TimeZone zone = TimeZone.getDefault();
        TimeZone.setDefault(new SimpleTimeZone(7 * 3_600_000, "Asia/Ghidanh"));
        try (Connection session =
                connections().unpooled(database(), "zone", PATIENCE).getConnection()) {
            assertThat(text(session, "show timezone")).isEqualTo("UTC");
        } finally {
            TimeZone.setDefault(zone);
        }
    }

    @Test
    void no_session_is_kept_on_a_server_that_turned_read_only() throws SQLException {
        try (HikariDataSource pool = connections().pool(database(), "role", PATIENCE, SESSIONS)) {
            Set<String> former = sessions(pool, "set default_transaction_read_only = on");

            try (Connection session = pool.getConnection()) {
                assertThatThrownBy(() -> execute(session, "create table written_on_a_standby ()"))
                        .hasMessageContaining("read-only transaction");
            }

            assertThat(sessions(pool, "create temp table written ()"))
                    .hasSize(SESSIONS)
                    .doesNotContainAnyElementsOf(former);
        }
    }

    /** All sessions of the pool at once, by their processes, after a statement in each. */
    private static Set<String> sessions(HikariDataSource pool, String statement) throws SQLException {
        List<Connection> all = new ArrayList<>();
        Set<String> found = new HashSet<>();
        try {
            for (int i = 0; i < SESSIONS; i++) {
                Connection session = pool.getConnection();
                all.add(session);
                execute(session, statement);
                found.add(text(session, "select pg_backend_pid()::text"));
            }
        } finally {
            for (Connection session : all) {
                session.close();
            }
        }
        return found;
    }

    private static void execute(Connection session, String sql) throws SQLException {
        try (var statement = session.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String text(Connection session, String sql) throws SQLException {
        try (var statement = session.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private static Connections connections() {
        return new Connections("test", new SimpleMeterRegistry());
    }

    private static Database database() {
        PostgresServer server = SyncStack.SERVERS.master();
        return new Database(server.jdbcUrl(TestServers.DATABASE), server.user(), server.password(), Map.of());
    }
}
