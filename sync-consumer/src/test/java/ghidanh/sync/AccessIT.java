package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.servers.AccessMatrix;
import ghidanh.servers.TestServers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Every endpoint, for everybody. */
class AccessIT {

    /** Callers in the order of the columns; {@code -} has not signed in. */
    private static final List<String> CALLERS = List.of("-", "student", "registrar", "operator", "metrics");

    private static final AccessMatrix MATRIX = AccessMatrix.of(CALLERS, """
            GET    /api/me                      | 401 200 200 200 200
            GET    /api/docs                    | 200 200 200 200 200
            GET    /api/shards                  | 401 403 403 200 403
            GET    /api/drift                   | 401 403 403 200 403
            GET    /api/jobs                    | 401 403 403 200 403
            GET    /api/replays                 | 401 403 403 200 403
            GET    /api/replays/0               | 401 403 403 404 403
            GET    /api/replays/0/events        | 401 403 403 404 403
            DELETE /api/replays/0               | 401 403 403 404 403
            POST   /api/replays/0/resume        | 401 403 403 404 403
            POST   /api/replays {}              | 401 403 403 400 403
            POST   /api/resyncs {}              | 401 403 403 400 403
            POST   /api/drift-checks {}         | 401 403 403 400 403
            GET    /api/dead-letters?shard=5433 | 401 403 403 200 403
            GET    /api/dead-letters/rows?shard=5433&id=1 | 401 403 403 200 403
            POST   /api/dead-letters/redrive {} | 401 403 403 400 403
            GET    /api/lost-registrations      | 401 403 200 403 403
            POST   /api/sync                    | 401 403 403 200 403
            GET    /actuator/health             | 200 200 200 200 200
            GET    /actuator/prometheus         | 401 403 403 200 200
            """);

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static ConfigurableApplicationContext consumer;

    @BeforeAll
    static void start() {
        Map<String, Object> settings = new HashMap<>(Jobbing.QUIET);
        settings.put("ghidanh.access.mode", "closed");
        for (String who : CALLERS.subList(1, CALLERS.size())) {
            settings.put("ghidanh.access.accounts." + who + ".password", "of " + who);
            settings.put("ghidanh.access.accounts." + who + ".role", who);
        }
        settings.put("ghidanh.access.accounts.student.shard", "5433");
        settings.put("ghidanh.access.accounts.student.stno", "1");
        settings.put("ghidanh.access.accounts.registrar.universities", "770-771");
        consumer = SyncStack.startConsumer(List.of("5433", "5434"), settings);
        Rest rest = Rest.of(consumer);
        await().atMost(Jobbing.SOON)
                .until(() -> rest.get("/actuator/health/readiness").status() == 200);
    }

    @AfterAll
    static void stop() {
        consumer.close();
    }

    @Test
    void the_matrix() throws Exception {
        assertThat(MATRIX.differences(
                        (row, who) -> send(row.method(), row.path(), !row.body().equals("-"), who)
                                .statusCode()))
                .isEmpty();
    }

    @Test
    void the_matrix_has_every_endpoint() {
        assertThat(MATRIX.missing(consumer.getBean(RequestMappingHandlerMapping.class)))
                .isEmpty();
    }

    @Test
    void the_audit_names_who_has_signed_in() throws Exception {
        assertThat(send("POST", "/api/sync", false, "operator").statusCode()).isEqualTo(200);

        assertThat(send("GET", "/api/syncs", false, "operator").body()).contains("\"requestedBy\":\"operator\"");
        HttpResponse<String> claimed = HTTP.send(
                request("/api/drift-checks", "operator")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"shard\":\"all\",\"requestedBy\":\"the rector\"}"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(claimed.statusCode()).isEqualTo(400);
    }

    @Test
    void a_registrar_sees_what_was_lost_of_their_universities() throws Exception {
        lost(770, "Theirs");
        lost(772, "Another''s");

        assertThat(send("GET", "/api/lost-registrations", false, "registrar").body())
                .contains("Theirs")
                .doesNotContain("Another");
    }

    private static void lost(int university, String name) {
        JdbcClient.create(SyncStack.SERVERS.master().dataSource(TestServers.DATABASE))
                .sql("""
                        with u as (insert into universities values (%1$d, 'U%1$d', 'public') on conflict do nothing),
                             s as (insert into students (u_id, fname, lname) values (%1$d, 'A', 'B') returning stno)
                        insert into lost_registrations (shard_name, shard_reg_id, version, created_at, status, student_name,
                               university, c_name, year, semester, time, hall, master_reg_id, master_stno, master_sec_no)
                        select '5433', 900000 + %1$d, 1, now(), 'registered', '%2$s', 'U', 'C', 2026, 1, 'T', 'H', 0, s.stno, 0
                          from s
                        """.formatted(university, name))
                .update();
    }

    private static HttpRequest.Builder request(String path, String who) {
        String port = path.startsWith("/actuator") ? "local.management.port" : "local.server.port";
        var request = HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + consumer.getEnvironment().getRequiredProperty(port) + path));
        if (!who.equals("-")) {
            request.header(
                    "Authorization",
                    "Basic "
                            + Base64.getEncoder()
                                    .encodeToString((who + ":of " + who).getBytes(StandardCharsets.US_ASCII)));
        }
        return request;
    }

    private static HttpResponse<String> send(String method, String path, boolean body, String who) throws Exception {
        var request = request(path, who).method(method, body ? BodyPublishers.ofString("{}") : BodyPublishers.noBody());
        if (body) {
            request.header("Content-Type", "application/json");
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }
}
