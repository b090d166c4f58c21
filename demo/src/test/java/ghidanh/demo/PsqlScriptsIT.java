package ghidanh.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ghidanh.servers.PostgresServer;
import ghidanh.servers.TestServers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
        assumeThat(isPsqlThere()).as("psql is on the PATH").isTrue();
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
        int section = registration
                .get("api/students/" + shard + "/" + stno + "/sections")
                .path("items")
                .path(0)
                .path("secNo")
                .asInt();

        Service.Answer created =
                registration.register("{\"shard\":\"" + shard + "\",\"stno\":" + stno + ",\"secNo\":" + section + "}");

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
        PostgresServer shard5433 = stack.shard("5433");
        PostgresServer shard5434 = stack.shard("5434");
        return psql(stack.master(), "-f", "../sql/script_5432.sql")
                + psql(shard5433, "-f", "../sql/script_5433.sql")
                + psql(shard5434, "-f", "../sql/script_5434.sql")
                + psql(
                        stack.master(),
                        "-v",
                        "host_5433=" + shard5433.fdwHost(),
                        "-v",
                        "port_5433=" + shard5433.fdwPort(),
                        "-v",
                        "host_5434=" + shard5434.fdwHost(),
                        "-v",
                        "port_5434=" + shard5434.fdwPort(),
                        "-f",
                        "../sql/mapping_method.sql");
    }

    private static String psql(PostgresServer cluster, String... options) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(
                "psql", "-X", "-h", cluster.host(), "-p", Integer.toString(cluster.port()), "-U", cluster.user()));
        words.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", cluster.password());
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", words, output).isZero();
        return output;
    }

    private static boolean isPsqlThere() throws InterruptedException {
        try {
            return new ProcessBuilder("psql", "--version").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
