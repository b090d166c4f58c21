package ghidanh.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ghidanh.embedded.PostgresCluster.StopMode;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;

/** What tests may rely on, wherever the servers come from. */
class ServersIT {

    private final TestServers servers = TestServers.shared();

    @Test
    void the_tests_share_one_set_of_servers() {
        assertThat(TestServers.shared()).isSameAs(servers);
        assertThat(servers.shards()).containsOnlyKeys("5433", "5434");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> servers.shard("5435"))
                .withMessageContaining("5435");
    }

    @ParameterizedTest
    @EnumSource
    void a_server_that_stopped_comes_back_at_its_address_with_its_data(StopMode mode) throws SQLException {
        PostgresServer server = servers.shard("5433");
        String url = server.jdbcUrl(TestServers.DATABASE);
        execute(server, "create table kept_" + mode + " as select 1 as one");

        server.stop(mode);
        assertThatThrownBy(() -> server.connect(TestServers.DATABASE)).isInstanceOf(SQLException.class);
        server.start();
        server.start();

        assertThat(server.jdbcUrl(TestServers.DATABASE)).isEqualTo(url);
        assertThat(text(server, "select one from kept_" + mode)).isEqualTo("1");
    }

    @Test
    void a_frozen_server_answers_nobody_until_it_is_thawed() throws SQLException {
        PostgresServer server = servers.shard("5434");
        Properties impatient = new Properties();
        impatient.setProperty("user", server.user());
        impatient.setProperty("password", server.password());
        impatient.setProperty("loginTimeout", "1");
        server.freeze();
        try {
            assertThatThrownBy(() -> DriverManager.getConnection(server.jdbcUrl(TestServers.DATABASE), impatient))
                    .hasMessageContaining("timed out");
        } finally {
            server.thaw();
        }
        assertThat(text(server, "select 1")).isEqualTo("1");
    }

    @Test
    void a_killed_session_takes_the_others_with_it_and_the_server_recovers() throws SQLException {
        PostgresServer server = servers.shard("5434");
        try (Connection victim = server.connect(TestServers.DATABASE);
                Connection bystander = server.connect(TestServers.DATABASE)) {
            server.killSession(victim.unwrap(PGConnection.class).getBackendPID());

            await().atMost(Duration.ofSeconds(20)).until(() -> !bystander.isValid(1));
        }
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .until(() -> text(server, "select 1").equals("1"));
    }

    @Test
    void servers_see_each_other_at_their_foreign_addresses_and_ask_for_the_password() throws SQLException {
        PostgresServer shard = servers.shard("5433");
        execute(
                servers.master(),
                "create extension postgres_fdw",
                """
                create server far foreign data wrapper postgres_fdw
                options (host '%s', port '%d', dbname '%s')
                """.formatted(shard.fdwHost(), shard.fdwPort(), TestServers.DATABASE),
                "create user mapping for postgres server far options (user 'postgres', password 'wrong')",
                "create foreign table far_tables (schemaname name) server far options (schema_name 'pg_catalog', table_name 'pg_tables')");

        assertThatThrownBy(() -> text(servers.master(), "select count(*) > 0 from far_tables"))
                .hasMessageContaining("password authentication failed");
        execute(
                servers.master(),
                "alter user mapping for postgres server far options (set password '" + shard.password() + "')");
        assertThat(text(servers.master(), "select count(*) > 0 from far_tables"))
                .isEqualTo("t");
    }

    @Test
    void a_single_server_takes_parameters_and_has_its_address_before_it_starts() throws SQLException {
        try (PostgresServer server = TestServers.onePostgres(Map.of("track_commit_timestamp", "off"))) {
            int port = server.port();
            server.start();
            assertThat(server.port()).isEqualTo(port);
            try (Connection connection = server.connect("postgres");
                    Statement statement = connection.createStatement();
                    var shown = statement.executeQuery("show track_commit_timestamp")) {
                shown.next();
                assertThat(shown.getString(1)).isEqualTo("off");
            }
        }
    }

    @Test
    void a_broker_that_stopped_comes_back_at_its_address_with_its_topics() throws Exception {
        try (KafkaServer broker = TestServers.oneKafka()) {
            String address = broker.bootstrapServers();
            broker.start();
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
                admin.createTopics(List.of(new NewTopic("kept", 3, (short) 1)))
                        .all()
                        .get();
            }

            broker.stop();
            broker.start();

            assertThat(broker.bootstrapServers()).isEqualTo(address);
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
                assertThat(admin.listTopics().names().get()).contains("kept");
            }
        }
    }

    private static void execute(PostgresServer server, String... commands) throws SQLException {
        try (Connection connection = server.connect(TestServers.DATABASE);
                Statement statement = connection.createStatement()) {
            for (String command : commands) {
                statement.execute(command);
            }
        }
    }

    private static String text(PostgresServer server, String query) throws SQLException {
        try (Connection connection = server.connect(TestServers.DATABASE);
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
