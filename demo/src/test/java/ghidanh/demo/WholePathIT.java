package ghidanh.demo;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.access.UserRole;
import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.PostgresCluster;
import ghidanh.embedded.StackSettings.PortChoice;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The demo as its user meets it: page, REST API, psql, a restart. */
@TestMethodOrder(OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // started before the first test
class WholePathIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static Path directory = Path.of("");
    private static Demo demo;

    @BeforeAll
    static void start(@TempDir Path temporary) throws SQLException {
        directory = temporary;
        demo = demo();
    }

    @AfterAll
    static void stop() {
        demo.close();
    }

    private static Demo demo() throws SQLException {
        return Demo.start(
                new DemoSettings(directory.resolve("demo"), false, PortChoice.RANDOM, List.of()), System.out::println);
    }

    @Test
    @Order(1)
    void a_registration_travels_from_the_page_to_the_master_and_is_marked_on_its_shard() throws Exception {
        JsonNode student = get("api/students?q=nguyen&limit=1").path("items").path(0);
        String shard = student.path("shard").asString();
        int stno = student.path("stno").asInt();
        int section = get("api/students/" + shard + "/" + stno + "/sections")
                .path("items")
                .path(0)
                .path("secNo")
                .asInt();

        HttpResponse<String> created =
                post("{\"shard\":\"" + shard + "\",\"stno\":" + stno + ",\"secNo\":" + section + "}");

        assertThat(created.statusCode()).isEqualTo(201);
        String location = created.headers().firstValue("Location").orElseThrow().substring(1);
        JsonNode synced = Awaitility.await()
                .atMost(PATIENCE)
                .until(
                        () -> get(location),
                        registration ->
                                registration.path("syncStatus").asString().equals("SYNCED"));
        assertThat(synced.path("masterRegId").asLong()).isPositive();
        assertThat(synced.path("latencyMs").asLong())
                .isPositive()
                .isEqualTo(Duration.between(
                                Instant.parse(synced.path("createdAt").asString()),
                                Instant.parse(synced.path("syncedAt").asString()))
                        .toMillis());
        long regId = Long.parseLong(location.substring(location.lastIndexOf('-') + 1));
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> query(
                                demo.stack().shard(shard),
                                "select synced_at is not null from registrations where reg_id = " + regId)
                        .equals("t"));
        assertThat(post("{\"shard\":\"" + shard + "\",\"stno\":" + stno + ",\"secNo\":" + section + "}")
                        .statusCode())
                .as("registering again")
                .isEqualTo(200);
    }

    @Test
    @Order(2)
    void the_master_catches_up_with_the_whole_sample() throws Exception {
        for (var shard : demo.stack().shards().entrySet()) {
            String there = query(shard.getValue(), "select count(*) || ' ' || sum(version) from registrations");
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> query(
                                    demo.stack().master(),
                                    "select count(*) || ' ' || sum(version) from registrations where shard_name = '"
                                            + shard.getKey() + "'")
                            .equals(there));
        }
        assertThat(get("api/registrations?limit=1")
                        .path("items")
                        .path(0)
                        .path("latencyMs")
                        .isNumber())
                .isTrue();
    }

    @Test
    @Order(2)
    void the_sample_has_somebody_for_each_rule() throws Exception {
        for (var shard : demo.stack().shards().entrySet()) {
            String students = "api/students/" + shard.getKey() + "/";
            PostgresCluster database = shard.getValue();
            String held = query(database, "select stno from students where hold_reason is not null");
            String limited = query(database, "select min(stno) from students where credit_limit is not null");
            String waits = query(database, "select max(stno) from registrations where status = 'waiting'");

            assertThat(get(students + held + "/sections").path("items").findValuesAsString("code"))
                    .isNotEmpty()
                    .containsOnly("ON_HOLD");
            assertThat(get(students + limited + "/sections").path("items").findValuesAsString("code"))
                    .contains("CREDIT_LIMIT");
            assertThat(get(students + waits + "/sections")
                            .path("own")
                            .path(0)
                            .path("place")
                            .asInt())
                    .isGreaterThan(1);
        }
    }

    @Test
    @Order(3)
    void a_row_inserted_with_plain_sql_arrives_as_well() throws Exception {
        PostgresCluster shard = demo.stack().shard("5434");
        String regId = query(shard, """
                insert into registrations (stno, sec_no)
                select st.stno, s.sec_no
                  from sections s
                 cross join students st
                 where s.enrolled < s.capacity
                   and not exists (select from registrations r where r.stno = st.stno)
                 order by st.stno, s.sec_no
                 limit 1
                returning reg_id
                """);

        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> query(
                                demo.stack().master(),
                                "select count(*) from registrations where shard_name = '5434' and shard_reg_id = "
                                        + regId)
                        .equals("1"));
    }

    @Test
    @Order(4)
    void the_walk_through_works_with_psql() throws Exception {
        PostgresCluster master = demo.stack().master();

        assertThat(query(master, "select count(*) from students_5433")).isEqualTo("2400");
        assertThat(query(master, "select count(*) > 0 from students_map")).isEqualTo("t");
        assertThat(query(master, "select sync_registrations_remapped()")).isEqualTo("0");
        // As if the master had missed the last change of three.
        query(master, """
                with behind as (
                    update registrations set version = 0
                     where reg_id in (select reg_id from registrations order by reg_id limit 3)
                    returning 1
                )
                select count(*) from behind
                """);
        assertThat(query(master, "select sync_registrations_remapped()")).isEqualTo("3");
    }

    @Test
    @Order(5)
    void a_restart_keeps_everything() throws Exception {
        String before = query(demo.stack().shard("5433"), "select count(*) from registrations");

        demo.close();
        demo = demo();

        assertThat(query(demo.stack().shard("5433"), "select count(*) from registrations"))
                .isEqualTo(before);
        assertThat(get("api/registrations?limit=1").path("items").isEmpty()).isFalse();
        assertThat(HTTP.send(request("").build(), BodyHandlers.ofString()).body())
                .contains("<html");
    }

    @Test
    @Order(6)
    void a_student_who_is_made_anonymous_is_so_on_the_master_and_every_count_stays() throws Exception {
        String counts = """
                select string_agg(c.n::text, ' ' order by c.sec_no, c.u_id)
                  from (select r.sec_no, s.u_id, count(*) as n from registrations r join students s using (stno) group by 1, 2) c
                """;
        String byShard = query(demo.stack().shard("5434"), counts);
        String byMaster = query(demo.stack().master(), counts);
        String stno = query(demo.stack().shard("5434"), "select max(stno) from registrations");

        assertThat(query(demo.stack().shard("5434"), "select anonymise_student(" + stno + ")"))
                .isEqualTo("anonymised");

        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> query(
                                demo.stack().master(),
                                "select s.lname || s.mname || s.fname || coalesce(s.gender || s.prog_degree, '')"
                                        + " from students_map m join students s on s.stno = m.master_stno"
                                        + " where m.shard_name = '5434' and m.shard_stno = " + stno)
                        .equals("Ẩndanh"));
        assertThat(query(demo.stack().shard("5434"), counts)).isEqualTo(byShard);
        assertThat(query(demo.stack().master(), counts)).isEqualTo(byMaster);
    }

    private static JsonNode get(String path) throws Exception {
        HttpResponse<String> answer = HTTP.send(request(path).build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static HttpResponse<String> post(String body) throws Exception {
        return HTTP.send(
                request("api/registrations")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(demo.pageUrl() + path))
                .header("Authorization", SignedIn.as(UserRole.REGISTRAR, demo))
                .timeout(PATIENCE);
    }

    /** The first value of the first row, as psql shows it. */
    private static String query(PostgresCluster cluster, String sql) throws SQLException {
        try (Connection connection = cluster.connect(EmbeddedStack.DATABASE);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
