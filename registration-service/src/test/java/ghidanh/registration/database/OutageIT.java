package ghidanh.registration.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.embedded.Ports;
import ghidanh.embedded.PostgresCluster.StopMode;
import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import ghidanh.registration.ServiceUnderTest.Answer;
import ghidanh.servers.PostgresServer;
import ghidanh.servers.TestServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

class OutageIT {

    private final ServiceUnderTest service = ServiceUnderTest.shared();

    @Test
    void a_shard_that_is_down_is_said_to_be_and_the_other_one_works() {
        int here = Databases.student("5433", 4, "Ngụy", "Khắc", "Tuần");
        int there = Databases.student("5434", 12, "Ngụy", "Khắc", "Đản");
        int sectionHere = Databases.section("5433", 5);
        int sectionThere = Databases.section("5434", 5);
        Answer onMaster = service.register("5434", there, sectionThere);
        Databases.sync("5434", onMaster.regId());
        PostgresServer down = Databases.shard("5434");
        down.stop(StopMode.IMMEDIATE);
        try {
            Answer refused = service.register("5434", there, sectionThere);
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.text("code")).isEqualTo("SHARD_UNAVAILABLE");
            assertThat(refused.text("detail")).contains("shard 5434", "safe");
            assertThat(refused.body().path("unavailableShards").toString()).isEqualTo("[\"5434\"]");
            assertThat(Integer.parseInt(refused.header("Retry-After"))).isPositive();

            assertThat(service.register("5433", here, sectionHere).status()).isEqualTo(201);
            assertThat(service.register("{\"stno\":" + here + ",\"secNo\":" + sectionHere + "}")
                            .status())
                    .as("the shard that is down may have a student of this number, too")
                    .isEqualTo(503);

            Answer search = service.get("/api/students?q=nguy+khac");
            assertThat(search.status()).isEqualTo(200);
            assertThat(search.body().path("items")).hasSize(1);
            assertThat(search.body().path("unavailableShards").toString()).isEqualTo("[\"5434\"]");

            Answer list = service.get("/api/registrations?limit=2");
            assertThat(list.status()).isEqualTo(200);
            assertThat(list.body().path("unavailableShards").toString()).isEqualTo("[\"5434\"]");
            assertThat(list.body().path("items")).hasSize(2);

            Answer known = service.get(onMaster.header("Location"));
            assertThat(known.status()).isEqualTo(200);
            assertThat(known.body().path("shardAvailable").booleanValue()).isFalse();
            assertThat(known.body().path("stno").intValue()).isEqualTo(there);
            assertThat(known.body().path("secNo").intValue()).isEqualTo(sectionThere);
            assertThat(known.text("syncStatus")).isEqualTo("SYNCED");

            assertThat(service.get("/api/registrations/5434-900000000").status())
                    .isEqualTo(503);
            assertThat(service.get("/api/students/5434/" + there + "/sections").status())
                    .isEqualTo(503);
            assertThat(service.delete(onMaster.header("Location")).status()).isEqualTo(503);
            assertThat(service.get("/actuator/health").status()).isEqualTo(503);
            assertThat(service.get("/actuator/health/readiness").status()).isEqualTo(200);
            assertThat(service.get("/actuator/health/liveness").status()).isEqualTo(200);
        } finally {
            down.start();
        }
        int late = Databases.student("5434");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> service.register("5434", late, sectionThere).status() == 201);
        assertThat(service.get("/actuator/health").status()).isEqualTo(200);
    }

    @Test
    void registrations_are_accepted_without_kafka_and_the_service_stays_ready() {
        int stno = Databases.student("5433");
        int section = Databases.section("5433", 5);
        try (var without = ServiceUnderTest.start(
                "--ghidanh.relay.enabled=true", "--spring.kafka.bootstrap-servers=127.0.0.1:" + Ports.free())) {
            assertThat(without.register("5433", stno, section).status()).isEqualTo(201);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> without.get("/actuator/health").status() == 503);
            assertThat(without.get("/actuator/health/readiness").status()).isEqualTo(200);
            assertThat(without.get("/actuator/health/liveness").status()).isEqualTo(200);
        }
    }

    @Test
    void registrations_are_accepted_and_shown_without_the_master() {
        int stno = Databases.student("5433");
        int section = Databases.section("5433", 5);
        Databases.master().stop(StopMode.IMMEDIATE);
        try {
            Answer created = service.register("5433", stno, section);
            assertThat(created.status()).isEqualTo(201);
            assertThat(service.register("5433", stno, section).text("syncStatus"))
                    .isEqualTo("PENDING");

            Answer details = service.get(created.header("Location"), "Prefer", "wait=1");
            assertThat(details.status()).isEqualTo(200);
            assertThat(details.text("syncStatus")).isEqualTo("PENDING");
            assertThat(details.body().path("masterAvailable").booleanValue()).isFalse();

            Answer list = service.get("/api/registrations?limit=1");
            assertThat(list.status()).isEqualTo(200);
            assertThat(list.body().path("masterAvailable").booleanValue()).isFalse();
            assertThat(list.body().path("items").path(0).path("id").stringValue())
                    .isEqualTo(created.text("id"));
            assertThat(service.get("/actuator/health/readiness").status()).isEqualTo(200);
        } finally {
            Databases.master().start();
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> service.get("/api/registrations?limit=1")
                        .body()
                        .path("masterAvailable")
                        .booleanValue());
    }

    @Test
    void the_service_starts_without_a_shard_and_uses_it_when_it_comes() {
        PostgresServer down = Databases.shard("5434");
        down.stop(StopMode.FAST);
        try (var early = ServiceUnderTest.start()) {
            int stno = Databases.student("5433");
            int section = Databases.section("5433", 5);
            assertThat(early.register("5433", stno, section).status()).isEqualTo(201);
            assertThat(early.register("5434", 1, 1).status()).isEqualTo(503);
            assertThat(early.bean(ShardDatabases.class).get("5434").problem()).isNotNull();

            down.start();

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> early.register("5434", 2_000_000_000, 1).status() == 404);
            assertThat(early.bean(ShardDatabases.class).get("5434").problem()).isNull();
        } finally {
            down.start();
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> service.register("5434", 2_000_000_000, 1).status() == 404);
    }

    @Test
    void a_wrong_password_is_told_with_the_setting_it_comes_from() {
        try (var locked = ServiceUnderTest.start("--ghidanh.shards.5434.password=wrong")) {
            assertThat(locked.bean(ShardDatabases.class).get("5434").problem())
                    .contains("password authentication failed", "ghidanh.shards.5434.password")
                    .doesNotContain("wrong");
            assertThat(locked.register("5434", 1, 1).status()).isEqualTo(503);
            assertThat(locked.register("5433", 2_000_000_000, 1).status()).isEqualTo(404);
        }
    }

    @Test
    void a_shard_that_lost_its_tables_gets_them_back() throws SQLException {
        PostgresServer server = Databases.shard("5434");
        server.createDatabaseIfMissing("emptied");
        try (var own = ServiceUnderTest.start("--ghidanh.shards.5434.url=" + server.jdbcUrl("emptied"));
                Connection other = server.connect("emptied");
                var statement = other.createStatement()) {
            assertThat(own.register("5434", 1, 1).text("code")).isEqualTo("UNKNOWN_STUDENT");

            statement.execute("drop schema public cascade");
            statement.execute("create schema public");

            assertThat(own.register("5434", 1, 1).text("code")).isEqualTo("SHARD_UNAVAILABLE");
            await().until(() -> own.register("5434", 1, 1).text("code").equals("UNKNOWN_STUDENT"));
        }
    }

    @Test
    void a_connection_lost_during_a_write_is_not_called_harmless_and_repeating_is_safe() throws Exception {
        int stno = Databases.student("5433");
        int section = Databases.section("5433", 5);
        CompletableFuture<Answer> held;
        try (var patient = ServiceUnderTest.start("--ghidanh.registration.database.lock-timeout=2m");
                Connection other = Databases.shard("5433").connect(TestServers.DATABASE);
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select from sections where sec_no = " + section + " for update");
            held = patient.registerLater("5433", stno, section);
            await().until(() -> Databases.count(Databases.shard("5433"), """
                            select count(pg_terminate_backend(pid))
                              from pg_stat_activity
                             where application_name = 'registration-service 5433 write'
                               and wait_event_type = 'Lock'
                            """) > 0);
            other.rollback();
            Answer refused = held.join();

            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.text("detail")).contains("not known", "Repeating the request is safe");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> patient.register("5433", stno, section).status() == 201);
            assertThat(patient.register("5433", stno, section).status()).isEqualTo(200);
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void a_frozen_shard_holds_its_own_requests_only_and_not_for_ever() throws Exception {
        int here = Databases.student("5433");
        int there = Databases.student("5434");
        int sectionHere = Databases.section("5433", 5);
        int sectionThere = Databases.section("5434", 5);
        try (var patient = ServiceUnderTest.start(
                "--ghidanh.registration.database.read-timeout=1s",
                "--ghidanh.registration.database.write-timeout=6s")) {
            Databases.shard("5434").freeze();
            try {
                var held = patient.registerLater("5434", there, sectionThere);
                assertThat(patient.register("5433", here, sectionHere).status()).isEqualTo(201);
                assertThat(held).as("the request to the frozen shard").isNotDone();
                Answer refused = held.join();
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.text("detail")).contains("shard 5434", "safe");
                assertThat(patient.get("/api/students?q=tran")
                                .body()
                                .path("unavailableShards")
                                .toString())
                        .isEqualTo("[\"5434\"]");
            } finally {
                Databases.shard("5434").thaw();
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                int status = patient.register("5434", there, sectionThere).status();
                return status == 200 || status == 201;
            });
        }
        assertThat(Databases.count(
                        Databases.shard("5434"), "select enrolled from sections where sec_no = ?", sectionThere))
                .isEqualTo(1);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> service.register("5434", 2_000_000_000, 1).status() == 404);
    }
}
