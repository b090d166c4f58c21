package ghidanh.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ghidanh.demo.Servers.Seat;
import ghidanh.servers.PostgresServer;
import ghidanh.servers.TestServers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/** A shard comes by configuration alone, and goes only when the master has all it holds. */
@TestMethodOrder(OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // started before the first test
class ThirdShardIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String RANGE_OF_5434 = "--ghidanh.shards.5434.universities=11-20";

    private static TestServers stack;
    private static Service registration;
    private static Service sync;

    @BeforeAll
    static void start() {
        stack = TestServers.start("5433", "5434", "5435");
        startServices(RANGE_OF_5434);
    }

    @AfterAll
    static void stop() {
        stopServices();
        stack.close();
    }

    private static void startServices(String... settings) {
        sync = Service.sync(stack, settings);
        registration = Service.registration(stack, settings);
    }

    private static void stopServices() {
        registration.close();
        sync.close();
    }

    private static String[] withThirdShard() {
        List<String> settings = new ArrayList<>(Service.address(stack, "5435"));
        settings.add(RANGE_OF_5434);
        settings.add("--ghidanh.shards.5435.universities=21-29");
        return settings.toArray(String[]::new);
    }

    private static PostgresServer third() {
        return stack.shard("5435");
    }

    @Test
    @Order(1)
    void a_university_that_no_shard_has_is_answered_by_name() {
        Service.Answer refused = registration.register(new Seat(21, 1, 1).json());

        assertThat(refused.status()).isEqualTo(404);
        assertThat(refused.body().path("code").asString()).isEqualTo("UNKNOWN_UNIVERSITY");
        assertThat(refused.body().path("type").asString()).isEqualTo("/problems/unknown-university");
        assertThat(refused.body().path("uId").asInt()).isEqualTo(21);
        assertThat(refused.body().path("detail").asString()).isEqualTo("No shard has students of university 21.");
    }

    @Test
    @Order(2)
    void a_shard_added_to_the_configuration_registers_and_syncs() {
        Seat old = Servers.seat(stack.shard("5434"), 20);
        String oldId = registered(old, "5434");

        stopServices();
        startServices(withThirdShard());

        Seat seat = Servers.seat(third(), 21); // into the schema that the service made
        String id = registered(seat, "5435");
        JsonNode found = synced(id);
        assertThat(found.path("shard").asString()).isEqualTo("5435");
        assertThat(found.path("masterRegId").asLong()).isPositive();
        Awaitility.await().atMost(PATIENCE).until(() -> unmarked(third()) == 0);
        assertThat(Servers.sql(stack.master()).sql("""
                        select s.lname || ' ' || s.u_id || ' ' || m.shard_stno
                          from registrations r
                          join students s on s.stno = r.stno
                          join students_map m on m.master_stno = s.stno
                         where r.shard_name = '5435'
                        """).query(String.class).list())
                .containsExactly("Lê 21 " + seat.stno());
        synced(oldId);
    }

    @Test
    @Order(3)
    void a_shard_is_not_detached_while_the_master_lacks_its_rows() {
        sync.close();
        Seat seat = Servers.seat(third(), 22);
        Servers.sql(third())
                .sql("insert into registrations (stno, sec_no) values (?, ?)")
                .params(seat.stno(), seat.secNo())
                .update();

        assertThatThrownBy(() -> onMaster("select detach_shard('5435')::text"))
                .rootCause()
                .hasMessageContaining("shard 5435 has 1 registrations that the master does not show")
                .isInstanceOfSatisfying(
                        SQLException.class,
                        refused -> assertThat(refused.getSQLState()).isEqualTo("RM005"));
        assertThat(onMaster("select count(*) from students_5435"))
                .as("the refused shard")
                .isEqualTo("2");

        assertThat(onMaster("select sync_registrations_remapped('5435')")).isEqualTo("1");
        onMaster("select detach_shard('5435')::text");
        assertThat(onMaster("select string_agg(name, ' ' order by name) from shards"))
                .isEqualTo("5433 5434");
        assertThat(onMaster("select count(*) from pg_foreign_server where srvname = 'fdw_5435'"))
                .isEqualTo("0");
        assertThat(onMaster("select count(*) from registrations where shard_name = '5435'"))
                .as("what the master keeps")
                .isEqualTo("2");
    }

    @Test
    @Order(4)
    void a_shard_that_was_detached_comes_back_and_goes_on() {
        sync = Service.sync(stack, withThirdShard());

        synced(registered(Servers.seat(third(), 29), "5435"));

        assertThat(onMaster("select count(*) from registrations where shard_name = '5435'"))
                .isEqualTo("3");
        Awaitility.await().atMost(PATIENCE).until(() -> unmarked(third()) == 0);
        assertThat(sync.get("api/dead-letters?shard=5435").path("deadLetters").isEmpty())
                .isTrue();
    }

    private static String registered(Seat seat, String shard) {
        Service.Answer created = registration.register(seat.json());
        assertThat(created.status()).as("%s", created.body()).isEqualTo(201);
        assertThat(created.body().path("shard").asString()).isEqualTo(shard);
        return created.body().path("id").asString();
    }

    private static JsonNode synced(String id) {
        return Awaitility.await()
                .atMost(PATIENCE)
                .until(
                        () -> registration.get("api/registrations/" + id),
                        found -> found.path("syncStatus").asString().equals("SYNCED"));
    }

    private static long unmarked(PostgresServer shard) {
        return Servers.sql(shard)
                .sql("select count(*) from registrations where synced_at is null")
                .query(Long.class)
                .single();
    }

    private static String onMaster(String query) {
        return String.valueOf(
                Servers.sql(stack.master()).sql(query).query(String.class).single());
    }
}
