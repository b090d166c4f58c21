package ghidanh.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ghidanh.demo.Servers.Seat;
import ghidanh.embedded.PostgresCluster.StopMode;
import ghidanh.registration.RegistrationServiceApplication;
import ghidanh.servers.PostgresServer;
import ghidanh.servers.TestServers;
import ghidanh.sync.SyncConsumerApplication;
import java.time.Duration;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A mistake in one shard's configuration is told with the shard and the setting, and the other shard works on. */
@ExtendWith(OutputCaptureExtension.class)
@TestMethodOrder(OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // started before the first test
class ShardConfigurationIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static TestServers stack;

    @BeforeAll
    static void start() {
        stack = TestServers.start("5433", "5434");
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @AfterEach
    void startAgain() {
        stack.shard("5434").start();
    }

    private static Stream<SpringApplicationBuilder> applications() {
        return Stream.of(RegistrationServiceApplication.application(), SyncConsumerApplication.application());
    }

    @ParameterizedTest
    @MethodSource("applications")
    @Order(1)
    void overlapping_ranges_stop_the_start(SpringApplicationBuilder application, CapturedOutput output) {
        String both = "ghidanh.shards.5433.universities has 1-10 and ghidanh.shards.5434.universities has 10-20";

        assertThatThrownBy(() -> application.run(
                        "--server.port=0", "--management.server.port=0", "--ghidanh.shards.5434.universities=10-20"))
                .hasStackTraceContaining(both);
        assertThat(output.getAll())
                .contains("APPLICATION FAILED TO START", both)
                .doesNotContain("\tat ");
    }

    @ParameterizedTest
    @MethodSource("applications")
    @Order(1)
    void a_database_without_a_password_stops_the_start_in_a_sentence(
            SpringApplicationBuilder application, CapturedOutput output) {
        assertThatThrownBy(() -> application.run(
                        "--server.port=0",
                        "--management.server.port=0",
                        "--ghidanh.shards.5433.password=x",
                        "--ghidanh.shards.5434.roles.web=x"))
                .hasStackTraceContaining("set ghidanh.master.password: no password is built in");
        assertThat(output.getAll())
                .contains("APPLICATION FAILED TO START", "set ghidanh.master.password")
                .doesNotContain("\tat ");
    }

    @Test
    @Order(2)
    void a_shard_that_is_down_at_the_start_is_told_and_joins_when_it_is_up(CapturedOutput output) {
        PostgresServer down = stack.shard("5434");
        down.stop(StopMode.FAST);

        try (Service sync = Service.sync(stack, "--ghidanh.sync.sweep.interval=1s");
                Service registration = Service.registration(stack)) {
            assertThat(lines(output, "shard 5434 cannot be used")).contains("ghidanh.shards.5434.url");
            assertThat(registration
                            .get("actuator/health/shards")
                            .path("components")
                            .path("5434")
                            .path("details")
                            .path("problem")
                            .asString())
                    .contains("ghidanh.shards.5434.url");
            Service.Answer refused = registration.register(new Seat(11, 1, 1).json());
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.body().path("unavailableShards").path(0).asString())
                    .isEqualTo("5434");
            assertSyncs(registration, "5433", 1);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(lines(output, "could not connect to server \"fdw_5434\""))
                            .contains("ghidanh.shards.5434.fdw-host, fdw-port"));

            down.start();

            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> registration
                            .get("actuator/health/shards")
                            .path("status")
                            .asString()
                            .equals("UP"));
            assertSyncs(registration, "5434", 11);
            assertNoDeadLetters(sync);
        }
    }

    @Test
    @Order(3)
    void a_password_that_only_the_master_has_wrong_is_told_and_its_correction_is_enough(CapturedOutput output) {
        try (Service registration = Service.registration(stack)) {
            String waiting;
            try (Service sync = Service.sync(stack, "--ghidanh.shards.5434.roles.fdw=xyz")) {
                waiting = registered(registration, "5434", 11);
                assertTellsThePassword(sync, output);
                assertSyncs(registration, "5433", 1);
                assertNoDeadLetters(sync);
            }
            assertThat(syncStatus(registration, waiting)).isEqualTo("PENDING");

            try (Service corrected = Service.sync(stack)) {
                awaitSynced(registration, waiting);
                assertNoDeadLetters(corrected);
            }
        }
    }

    @Test
    @Order(4)
    void a_user_mapping_with_a_wrong_password_stops_its_shard_until_it_is_corrected(CapturedOutput output) {
        try (Service sync = Service.sync(stack);
                Service registration = Service.registration(stack)) {
            assertSyncs(registration, "5434", 11); // so that the master's sessions have connections to it

            setPassword("5434", "xyz");
            String waiting = registered(registration, "5434", 12);
            assertTellsThePassword(sync, output);
            assertSyncs(registration, "5433", 1);
            assertThat(syncStatus(registration, waiting)).isEqualTo("PENDING");

            setPassword("5434", Service.ROLE_PASSWORD);
            awaitSynced(registration, waiting);
            Awaitility.await().atMost(PATIENCE).until(() -> unmarked("5434") == 0);
            assertThat(sync.get("actuator/health/outages").path("status").asString())
                    .isEqualTo("UP");
            assertNoDeadLetters(sync);
        }
    }

    private static void assertTellsThePassword(Service sync, CapturedOutput output) {
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(sync.get("actuator/health/outages")
                                .path("details")
                                .path("5434")
                                .path("message")
                                .asString(""))
                        .contains("password authentication failed", "ghidanh.shards.5434.password"));
        assertThat(lines(output, "Shard 5434 cannot be synced")).contains("ghidanh.shards.5434.password");
    }

    /** The whole path, mark included, for a student of the university. */
    private static void assertSyncs(Service registration, String shard, int university) {
        awaitSynced(registration, registered(registration, shard, university));
        Awaitility.await().atMost(PATIENCE).until(() -> unmarked(shard) == 0);
    }

    private static String registered(Service registration, String shard, int university) {
        Service.Answer created = registration.register(
                Servers.seat(stack.shard(shard), university).json());
        assertThat(created.status()).as("%s", created.body()).isEqualTo(201);
        return created.body().path("id").asString();
    }

    private static void awaitSynced(Service registration, String id) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> syncStatus(registration, id).equals("SYNCED"));
    }

    private static String syncStatus(Service registration, String id) {
        return registration.get("api/registrations/" + id).path("syncStatus").asString();
    }

    private static void assertNoDeadLetters(Service sync) {
        for (String shard : stack.shards().keySet()) {
            assertThat(sync.get("api/dead-letters?shard=" + shard).path("deadLetters"))
                    .isEmpty();
        }
    }

    private static void setPassword(String shard, String password) {
        Servers.sql(stack.master())
                .sql("alter user mapping for ghidanh_sync server fdw_" + shard + " options (set password '" + password
                        + "')")
                .update();
    }

    private static long unmarked(String shard) {
        return Servers.sql(stack.shard(shard))
                .sql("select count(*) from registrations where synced_at is null")
                .query(Long.class)
                .single();
    }

    private static String lines(CapturedOutput output, String with) {
        return String.join(
                "\n",
                output.getAll().lines().filter(line -> line.contains(with)).toList());
    }
}
