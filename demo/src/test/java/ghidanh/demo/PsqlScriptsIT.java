package ghidanh.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ghidanh.servers.PostgresServer;
import ghidanh.servers.Psql;
import ghidanh.servers.TestServers;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/** The services on servers that were set up by hand, with the four psql scripts and nothing else. */
@TestMethodOrder(OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // started before the first test
class PsqlScriptsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static TestServers stack;
    private static Service sync;
    private static Service registration;

    @BeforeAll
    static void setUpByHand() throws Exception {
        assumeThat(Psql.isThere()).as("psql is on the PATH").isTrue();
        stack = TestServers.start("5433", "5434");
        runScripts();
        sync = Service.sync(stack);
        registration = Service.registration(stack);
    }

    @AfterAll
    static void stop() {
        if (stack != null) {
            registration.close();
            sync.close();
            stack.close();
        }
    }

    @Test
    @Order(1)
    void a_registration_reaches_the_master_and_is_marked_on_its_shard() {
        JsonNode student =
                registration.get("api/students?q=nguyen&limit=1").path("items").path(0);
        String shard = student.path("shard").asString();
        int stno = student.path("stno").asInt();
        Service.Answer created = firstThatDoesNotClash(shard, stno);

        assertThat(created.status()).as("%s", created.body()).isEqualTo(201);
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> registration
                        .get("api/registrations/" + created.body().path("id").asString())
                        .path("syncStatus")
                        .asString()
                        .equals("SYNCED"));
        awaitAllMarked(shard);
    }

    @Test
    @Order(2)
    void the_sample_that_the_scripts_loaded_reaches_the_master() {
        for (String shard : stack.shards().keySet()) {
            String there = one(stack.shard(shard), "select count(*) || ' ' || sum(version) from registrations");
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> one(stack.master(), """
                            select count(*) || ' ' || sum(version) from registrations where shard_name = '%s'
                            """.formatted(shard)).equals(there));
            awaitAllMarked(shard);
        }
    }

    @Test
    @Order(3)
    void the_scripts_run_again_beside_the_services_and_change_nothing() throws Exception {
        String before = one(stack.master(), "select count(*) || ' ' || sum(version) from registrations");

        assertThat(runScripts()).contains("nothing loaded", "Shard 5433", "unchanged");

        assertThat(one(stack.master(), "select count(*) || ' ' || sum(version) from registrations"))
                .isEqualTo(before);
        a_registration_reaches_the_master_and_is_marked_on_its_shard();
    }

    /** What the student has already may stand in the way of the first sections. */
    private static Service.Answer firstThatDoesNotClash(String shard, int stno) {
        Service.Answer answer = null;
        for (JsonNode open : registration
                .get("api/students/" + shard + "/" + stno + "/sections")
                .path("items")) {
            answer = registration.register("{\"shard\":\"" + shard + "\",\"stno\":" + stno + ",\"secNo\":"
                    + open.path("secNo").asInt() + "}");
            if (answer.status() != 409) {
                break;
            }
        }
        return Objects.requireNonNull(answer, "no section is open");
    }

    private static void awaitAllMarked(String shard) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> one(stack.shard(shard), "select count(*) from registrations where synced_at is null")
                        .equals("0"));
    }

    private static String one(PostgresServer cluster, String query) {
        return String.valueOf(
                Servers.sql(cluster).sql(query).query(String.class).single());
    }

    private static String runScripts() throws IOException, InterruptedException {
        List<String> addresses = new ArrayList<>();
        stack.shards().forEach((name, shard) -> addresses.addAll(Psql.address(name, shard)));
        return psql(stack.master(), "script_5432.sql", List.of())
                + psql(stack.shard("5433"), "script_5433.sql", List.of())
                + psql(stack.shard("5434"), "script_5434.sql", List.of())
                + psql(stack.master(), "mapping_method.sql", addresses);
    }

    private static String psql(PostgresServer server, String script, List<String> options)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(options);
        words.addAll(List.of("-f", "../sql/" + script));
        Psql.Result result = Psql.run(server, words);
        assertThat(result.succeeded()).as("%s: %s", script, result.output()).isTrue();
        return result.output();
    }
}
