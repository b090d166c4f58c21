package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.servers.PostgresServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.JsonNode;

/** The master's disk dies and an empty database takes its place, while consumers run and students go on. */
class ReplacedMasterIT {

    private static final String SHARD = "bereft";
    private static final String DATABASE = "replaced_master";
    private static final int REGISTRATIONS = 500;

    @Test
    void an_empty_master_is_set_up_and_rebuilt_without_a_restart() {
        PostgresServer cluster = SyncStack.SERVERS.master();
        cluster.createDatabaseIfMissing(DATABASE);
        Map<String, Object> settings = new HashMap<>(Jobbing.QUIET);
        settings.put("ghidanh.master.url", cluster.jdbcUrl(DATABASE));
        JdbcClient master = client(DATABASE);
        try (var consumer = SyncStack.startReadyConsumer(List.of(SHARD), settings)) {
            Rest rest = Rest.of(consumer);
            Jobbing.fill(SHARD, REGISTRATIONS);
            Jobbing.relay(SHARD);
            await().atMost(Jobbing.SOON).until(() -> registrations(master) == REGISTRATIONS);

            client("postgres")
                    .sql("drop database " + DATABASE + " with (force)")
                    .update();
            await().atMost(Jobbing.SOON).until(() -> ready(rest) == 503);
            SyncStack.newRegistration(SHARD);
            Jobbing.relay(SHARD);
            cluster.createDatabaseIfMissing(DATABASE);

            await().atMost(Jobbing.SOON).until(() -> ready(rest) == 200);
            await().atMost(Jobbing.SOON).until(() -> registrations(master) == 1);
            JsonNode replay = Jobbing.run(
                    consumer,
                    "/api/replays",
                    "{\"shard\": \"bereft\", \"from\": \"earliest\", \"dryRun\": false, \"reason\": \"the disk died\"}");
            JsonNode check = Jobbing.run(consumer, "/api/drift-checks", "{\"shard\": \"bereft\"}");

            assertThat(Jobbing.count(replay, "inserted")).isGreaterThanOrEqualTo(REGISTRATIONS);
            assertThat(registrations(master)).isEqualTo(REGISTRATIONS + 1);
            assertThat(Jobbing.count(check, "missing")
                            + Jobbing.count(check, "extra")
                            + Jobbing.count(check, "different"))
                    .isZero();
            assertThat(Jobbing.count(check, "compared")).isGreaterThan(2 * REGISTRATIONS);
        }
    }

    private static int ready(Rest rest) {
        return rest.get("/actuator/health/readiness").status();
    }

    private static JdbcClient client(String database) {
        PostgresServer cluster = SyncStack.SERVERS.master();
        return JdbcClient.create(
                new DriverManagerDataSource(cluster.jdbcUrl(database), cluster.user(), cluster.password()));
    }

    private static long registrations(JdbcClient master) {
        return master.sql("select count(*) from registrations")
                .query(Long.class)
                .single();
    }
}
