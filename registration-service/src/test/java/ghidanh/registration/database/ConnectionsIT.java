package ghidanh.registration.database;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.database.Connections;
import ghidanh.database.Patience;
import ghidanh.registration.Databases;
import ghidanh.servers.PostgresServer;
import ghidanh.servers.TestServers;
import ghidanh.shard.Database;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class ConnectionsIT {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final PostgresServer server = Databases.shard("5433");
    private final Database database =
            new Database(server.jdbcUrl(TestServers.DATABASE), server.user(), server.password(), Map.of());
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Connections connections = new Connections("service", meters);

    @Test
    void a_session_says_whose_it_is_and_has_its_limits() {
        var patience = new Patience(SECOND, SECOND.multipliedBy(4), SECOND.multipliedBy(3), SECOND.multipliedBy(2));

        assertThat(settings(connections.unpooled(database, "once", patience)))
                .containsExactly("service once", "3s", "2s", "0");
        assertThat(settings(connections.lasting(database, "for hours", patience)))
                .containsExactly("service for hours", "3s", "2s", "0");
        try (var pool = connections.pool(database, "pool", patience, 1)) {
            assertThat(settings(pool)).containsExactly("service pool", "3s", "2s", "4s");
            assertThat(meters.get("hikaricp.connections")
                            .tag("pool", "pool")
                            .gauge()
                            .value())
                    .isEqualTo(1);
        }
    }

    @Test
    void what_has_no_limit_is_left_to_the_database() {
        assertThat(settings(connections.unpooled(database, "migration", Patience.of(SECOND, SECOND))))
                .containsExactly("service migration", "0", "0", "0");
    }

    @Test
    void a_pool_opens_none_before_its_first_use() {
        try (var pool = connections.pool(database, "empty", Patience.of(SECOND, SECOND), 2)) {
            assertThat(pool.getHikariPoolMXBean().getTotalConnections()).isZero();
        }
    }

    private static List<String> settings(DataSource source) {
        return JdbcClient.create(source)
                .sql("""
                        select array[current_setting('application_name'), current_setting('statement_timeout'),
                                     current_setting('lock_timeout'),
                                     current_setting('idle_in_transaction_session_timeout')]
                        """)
                .query((row, number) -> List.of((String[]) row.getArray(1).getArray()))
                .single();
    }
}
