package ghidanh.registration;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import ghidanh.registration.ServiceUnderTest.Answer;
import ghidanh.servers.AccessMatrix;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Every endpoint, for everybody, on rows of their own, of others, and of nobody. */
class AccessIT {

    /** {@code -} has not signed in, {@code elsewhere} has universities of the other shard. */
    private static final AccessMatrix MATRIX =
            AccessMatrix.of(List.of("-", "student", "registrar", "elsewhere", "operator", "metrics"), """
            GET    /api/me                             | 401 200 200 200 200 200
            GET    /api/docs                           | 200 200 200 200 200 200
            GET    /api/terms/current                  | 401 200 200 200 200 403
            GET    /api/students?q={own}               | 401 403 200 200 403 403
            GET    /api/students/5433/{own}/sections   | 401 200 200 403 403 403
            GET    /api/students/5433/{other}/sections | 401 403 200 403 403 403
            GET    /api/students/5433/{none}/sections  | 401 403 404 404 403 403
            POST   /api/students/5433/{none}:anonymise | 401 403 403 403 404 403
            POST   /api/students/5433/{own}:hold {own}        | 401 403 204 403 403 403
            POST   /api/students/5433/{none}:hold {own}       | 401 403 404 404 403 403
            POST   /api/students/5433/{own}:release {own}     | 401 403 204 403 403 403
            POST   /api/sections/5433/2000000001:cancel {own} | 401 403 404 403 403 403
            POST   /api/sections/5433/2000000001:seats {own}  | 401 403 404 403 403 403
            GET    /api/windows/5433                   | 401 200 200 200 403 403
            POST   /api/windows/5433 {own}             | 401 403 201 403 403 403
            POST   /api/windows/5433/2000000001:close {own}   | 401 403 404 404 403 403
            POST   /api/registrations {own}            | 401 200 200 403 403 403
            POST   /api/registrations {other}          | 401 403 200 403 403 403
            POST   /api/registrations {none}           | 401 403 404 404 403 403
            POST   /api/registrations:batch {own}      | 401 200 200 200 403 403
            GET    /api/registrations                  | 401 200 200 200 403 403
            GET    /api/registrations/{own-id}         | 401 200 200 404 403 403
            GET    /api/registrations/{other-id}       | 401 404 200 404 403 403
            GET    /api/registrations/{none-id}        | 401 404 404 404 403 403
            GET    /api/registrations/{own-id}/history   | 401 200 200 404 403 403
            GET    /api/registrations/{other-id}/history | 401 404 200 404 403 403
            GET    /api/registrations/{none-id}/history  | 401 404 404 404 403 403
            POST   /api/registrations/{other-id}:swap {other} | 401 404 200 404 403 403
            POST   /api/registrations/{own-id}:swap {own}     | 401 200 200 404 403 403
            POST   /api/registrations/{none-id}:swap {own}    | 401 404 404 404 403 403
            DELETE /api/registrations/{other-id}       | 401 404 204 404 403 403
            DELETE /api/registrations/{own-id}         | 401 204 204 404 403 403
            DELETE /api/registrations/{none-id}        | 401 404 404 404 403 403
            GET    /actuator/health                    | 200 200 200 200 200 200
            GET    /actuator/health/every-shard        | 200 200 200 200 200 200
            GET    /actuator/prometheus                | 401 403 403 403 200 200
            GET    /api/nothing                        | 401 404 404 404 404 404
            """);

    private static KeyPair keys;
    private static ServiceUnderTest service;
    private static int own;
    private static int other;
    private static int section;
    private static final Map<String, String> NAMES = new LinkedHashMap<>();

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        keys = pair();
        Path publicKey = directory.resolve("key.pem");
        Files.writeString(
                publicKey,
                "-----BEGIN PUBLIC KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(keys.getPublic().getEncoded())
                        + "\n-----END PUBLIC KEY-----\n");
        own = Databases.student("5433");
        other = Databases.student("5433");
        section = Databases.section("5433", 40);
        service = ServiceUnderTest.start(
                "--ghidanh.access.mode=closed",
                "--spring.security.oauth2.resourceserver.jwt.public-key-location=" + publicKey.toUri(),
                "--ghidanh.access.accounts.registrar.password=r",
                "--ghidanh.access.accounts.registrar.role=REGISTRAR",
                "--ghidanh.access.accounts.registrar.universities=1-999999999",
                "--ghidanh.access.accounts.elsewhere.password={bcrypt}$2a$04$abcdefghijklmnopqrstuuuttbEjiDfdz9f2iXFrYHHLhtHkp29Ni",
                "--ghidanh.access.accounts.elsewhere.role=REGISTRAR",
                "--ghidanh.access.accounts.elsewhere.universities=11-20",
                "--ghidanh.access.accounts.operator.password=o",
                "--ghidanh.access.accounts.operator.role=OPERATOR",
                "--ghidanh.access.accounts.metrics.password=m",
                "--ghidanh.access.accounts.metrics.role=METRICS");
        NAMES.put("own", String.valueOf(own));
        NAMES.put("other", String.valueOf(other));
        NAMES.put("none", "2000000001");
        NAMES.put("own-id", registered(own));
        NAMES.put("other-id", registered(other));
        NAMES.put("none-id", "5433-900000000000");
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static KeyPair pair() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    private static String registered(int stno) throws Exception {
        Answer answer = send("POST", "/api/registrations", body(stno), "registrar");
        assertThat(answer.status()).isEqualTo(201);
        return answer.text("id");
    }

    @Test
    void the_matrix() throws Exception {
        assertThat(MATRIX.differences((row, who) -> {
                    Answer answer = send(row.method(), filled(row.path()), bodyFor(row.body(), row.path()), who);
                    if (answer.status() >= 400) {
                        assertThat(answer.text("code")).as("%s", row).isNotEmpty();
                    }
                    return answer.status();
                }))
                .isEmpty();
    }

    @Test
    void the_matrix_has_every_endpoint() {
        assertThat(MATRIX.missing(service.bean(RequestMappingHandlerMapping.class)))
                .isEmpty();
    }

    @Test
    void students_see_themselves_only() throws Exception {
        assertThat(students(send("GET", "/api/registrations?limit=100", "", "student")))
                .containsExactly(own);
        assertThat(students(send("GET", "/api/registrations?limit=100", "", "elsewhere")))
                .doesNotContain(own, other);
        assertThat(students(send("GET", "/api/registrations?limit=100", "", "registrar")))
                .contains(own, other);
        assertThat(send("GET", "/api/students?q=" + own, "", "registrar").body().path("items"))
                .hasSize(1);
        assertThat(send("GET", "/api/students?q=" + own, "", "elsewhere").body().path("items"))
                .isEmpty();
        assertThat(send("GET", "/api/students?q=binh&limit=100", "", "elsewhere")
                        .body()
                        .path("items")
                        .findValuesAsString("shard"))
                .doesNotContain("5433");
    }

    @Test
    void a_body_that_comes_late_is_judged_like_any_other() throws Exception {
        String wish = body(other);
        for (String who : List.of("-", "student")) {
            try (var socket = new Socket("127.0.0.1", service.port())) {
                OutputStream out = socket.getOutputStream();
                String credentials = who.equals("-") ? "" : "Authorization: " + credentials(who) + "\r\n";
                out.write(("POST /api/registrations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                + credentials + "Content-Length: " + wish.length() + "\r\n\r\n" + wish.charAt(0))
                        .getBytes(StandardCharsets.US_ASCII));
                // Meanwhile the server has taken the first part for all that there is.
                assertThat(send("GET", "/api/me", "", "registrar").status()).isEqualTo(200);
                out.write(wish.substring(1).getBytes(StandardCharsets.US_ASCII));
                var answer =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
                assertThat(answer.readLine()).as(who).startsWith("HTTP/1.1 " + (who.equals("-") ? 401 : 403));
            }
        }
    }

    @Test
    void who_changed_a_registration_is_kept_with_it() throws Exception {
        int second = Databases.section("5433", 2);
        String wish = "{\"stno\":" + own + ",\"secNo\":" + second + "}";
        String id = send("POST", "/api/registrations", wish, "student").text("id");
        assertThat(send("DELETE", "/api/registrations/" + id, "", "registrar").status())
                .isEqualTo(204);
        assertThat(send("POST", "/api/students/5433/" + other + ":anonymise", "", "operator")
                        .status())
                .isEqualTo(204);

        Answer history = send("GET", "/api/registrations/" + id + "/history", "", "student");
        assertThat(history.body().path("items").findValuesAsString("changedBy"))
                .containsExactly("registrar:registrar", "student:5433-" + own);
        assertThat(history.body().path("items").findValuesAsString("status"))
                .containsExactly("WITHDRAWN", "REGISTERED");
        assertThat(history.body().path("items").path(0).path("secNo").intValue())
                .isEqualTo(second);
        assertThat(Databases.text(
                        Databases.shard("5433"),
                        "select string_agg(distinct actor, ' ') from outbox where entity = 'student' and entity_id = ?",
                        other))
                .contains("operator:operator");
        Databases.sync("5433", Long.parseLong(id.substring(id.indexOf('-') + 1)));
        assertThat(Databases.text(
                        Databases.master(),
                        "select changed_by from registrations where shard_name || '-' || shard_reg_id = ?",
                        id))
                .isEqualTo("registrar:registrar");
    }

    @Test
    void rules_are_set_aside_by_the_registrar_of_the_student_alone() throws Exception {
        int wanted = Databases.section("5433", 5);
        String wish = "{\"shard\":\"5433\",\"stno\":" + own + ",\"secNo\":" + wanted + ",\"overrideReason\":\"x\"}";
        for (String who : List.of("student", "elsewhere", "operator")) {
            Answer answer = send("POST", "/api/registrations", wish, who);
            assertThat(answer.status()).as(who).isEqualTo(403);
            assertThat(answer.text("code")).as(who).isEqualTo("FORBIDDEN");
        }
        String batch = "{\"registrations\":[" + wish + "]}";
        for (String who : List.of("student", "elsewhere")) {
            Answer answer = send("POST", "/api/registrations:batch", batch, who);
            assertThat(answer.body().path("results").path(0).path("status").intValue())
                    .as(who)
                    .isEqualTo(403);
        }
        String both = "Bearer "
                + token(
                        keys,
                        "both",
                        Map.of(
                                "role",
                                List.of("STUDENT", "REGISTRAR"),
                                "universities",
                                List.of(1),
                                "shard",
                                "5433",
                                "stno",
                                own),
                        60);
        assertThat(service.send(service.request(
                                        "/api/registrations", "Content-Type", "application/json", "Authorization", both)
                                .POST(BodyPublishers.ofString(wish))
                                .build())
                        .status())
                .as("for themselves")
                .isEqualTo(403);
        assertThat(send("POST", "/api/registrations", wish, "registrar").status())
                .isEqualTo(201);
    }

    @Test
    void students_see_themselves_on_the_master_too() throws Exception {
        Databases.sync("5433", regId("own-id"));
        Databases.sync("5433", regId("other-id"));

        assertThat(students(send("GET", "/api/registrations?limit=100", "", "student")))
                .containsExactly(own);
        assertThat(students(send("GET", "/api/registrations?limit=100", "", "elsewhere")))
                .doesNotContain(own, other);
    }

    private static Set<Integer> students(Answer list) {
        Set<Integer> found = new TreeSet<>();
        list.body().path("items").forEach(item -> found.add(item.path("stno").intValue()));
        return found;
    }

    @Test
    void a_student_need_not_say_where_they_are_and_cannot_say_otherwise() throws Exception {
        String withoutShard = "{\"stno\":" + own + ",\"secNo\":" + section + "}";
        assertThat(send("POST", "/api/registrations", withoutShard, "student").status())
                .isEqualTo(200);
        String many = "{\"registrations\":[{\"shard\":\"5433\",\"stno\":" + own + ",\"secNo\":" + section
                + "},{\"shard\":\"5433\",\"stno\":" + other + ",\"secNo\":" + section + "}]}";
        Answer batch = send("POST", "/api/registrations:batch", many, "student");
        assertThat(batch.body().path("results").path(0).path("status").intValue())
                .isEqualTo(200);
        assertThat(batch.body().path("results").path(1).path("status").intValue())
                .isEqualTo(403);
        assertThat(batch.body()
                        .path("results")
                        .path(1)
                        .path("problem")
                        .path("code")
                        .stringValue())
                .isEqualTo("FORBIDDEN");
    }

    @Test
    void a_token_that_is_old_or_of_another_key_or_of_no_role_opens_nothing() throws Exception {
        KeyPair others = pair();
        assertThat(with("Bearer " + token(keys, Map.of("role", "student"), -60)))
                .isEqualTo(401);
        assertThat(with("Bearer " + token(others, Map.of("role", "student"), 60)))
                .isEqualTo(401);
        assertThat(with("Bearer nonsense")).isEqualTo(401);
        assertThat(with("Basic " + encoded("registrar:wrong"))).isEqualTo(401);
        assertThat(with("Basic " + encoded("nobody:r"))).isEqualTo(401);
        assertThat(with("Bearer " + token(keys, Map.of("role", "dean"), 60))).isEqualTo(403);
        assertThat(with("Bearer " + token(keys, Map.of(), 60))).isEqualTo(403);
        assertThat(with("Bearer " + token(keys, Map.of("role", "student", "stno", "many"), 60)))
                .isEqualTo(401);
        assertThat(with("Bearer "
                        + token(keys, Map.of("role", List.of("x", "Registrar"), "universities", List.of(3)), 60)))
                .isEqualTo(200);
    }

    private static int with(String authorization) {
        return service.get("/api/registrations", "Authorization", authorization).status();
    }

    @Test
    void who_asks_too_much_is_told_to_wait_and_stops_nobody_else() throws Exception {
        String hasty = "Bearer " + token(keys, "hasty", Map.of("role", "STUDENT", "shard", "5433", "stno", own), 60);
        int refused = 0;
        for (int i = 0; i < 200 && refused == 0; i++) {
            Answer answer = service.get("/api/me", "Authorization", hasty);
            if (answer.status() == 429) {
                refused++;
                assertThat(answer.text("code")).isEqualTo("TOO_MANY_REQUESTS");
                assertThat(answer.header("Retry-After")).isEqualTo("1");
            }
        }
        assertThat(refused).isOne();
        assertThat(send("GET", "/api/me", "", "student").status()).isEqualTo(200);

        String one = body(own);
        String many = "{\"registrations\":[" + String.join(",", Collections.nCopies(60, one)) + "]}";
        assertThat(service.send(service.request(
                                        "/api/registrations:batch",
                                        "Content-Type",
                                        "application/json",
                                        "Authorization",
                                        "Bearer "
                                                + token(
                                                        keys,
                                                        "greedy",
                                                        Map.of("role", "STUDENT", "shard", "5433", "stno", own),
                                                        60))
                                .POST(BodyPublishers.ofString(many))
                                .build())
                        .status())
                .as("a batch counts by its elements")
                .isEqualTo(429);
    }

    @Test
    void a_student_is_forgotten_at_an_operators_word() throws Exception {
        int leaving = Databases.student("5433", 1, "Lý", "Thường", "Kiệt");
        assertThat(send("POST", "/api/students/5433/" + leaving + ":anonymise", "", "operator")
                        .status())
                .isEqualTo(204);
        Answer found = send("GET", "/api/students?q=" + leaving, "", "registrar");
        assertThat(found.body().path("items").path(0).path("name").stringValue())
                .doesNotContain("Lý", "Kiệt");
        assertThat(send("POST", "/api/students/5433/" + leaving + ":anonymise", "", "operator")
                        .status())
                .as("again")
                .isEqualTo(204);
    }

    @Test
    void health_tells_strangers_no_details() throws Exception {
        assertThat(service.get("/actuator/health").body().has("components")).isFalse();
        assertThat(send("GET", "/actuator/health", "", "operator").body().has("components"))
                .isTrue();
    }

    private static long regId(String name) {
        return Long.parseLong(NAMES.getOrDefault(name, "").substring("5433-".length()));
    }

    private static String filled(String path) {
        String filled = path;
        for (Map.Entry<String, String> name : NAMES.entrySet()) {
            filled = filled.replace("{" + name.getKey() + "}", name.getValue());
        }
        return filled;
    }

    private static String bodyFor(String whose, String path) {
        if (whose.equals("-")) {
            return "";
        }
        if (path.endsWith("/api/windows/5433")) {
            return "{\"year\":2031,\"semester\":1,\"opens\":\"2031-01-01T08:00:00+07:00\",\"reason\":\"x\"}";
        }
        if (path.matches(".*:(hold|release|cancel|close)")) {
            return "{\"reason\":\"x\"}";
        }
        if (path.endsWith(":seats")) {
            return "{\"extraSeats\":1,\"reason\":\"x\"}";
        }
        if (path.endsWith(":swap")) {
            return "{\"secNo\":" + section + "}";
        }
        String one = body(Integer.parseInt(NAMES.getOrDefault(whose, "")));
        return path.endsWith(":batch") ? "{\"registrations\":[" + one + "]}" : one;
    }

    private static String body(int stno) {
        return "{\"shard\":\"5433\",\"stno\":" + stno + ",\"secNo\":" + section + "}";
    }

    private static Answer send(String method, String path, String json, String who) throws JOSEException {
        var request = service.request(path)
                .method(method, json.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(json));
        if (!json.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        if (!who.equals("-")) {
            request.header("Authorization", credentials(who));
        }
        return service.send(request.build());
    }

    private static String credentials(String who) throws JOSEException {
        return who.equals("student")
                ? "Bearer " + token(keys, Map.of("role", "STUDENT", "shard", "5433", "stno", own), 60)
                // Of every account the first letter of its name.
                : "Basic " + encoded(who + ":" + who.charAt(0));
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String token(KeyPair by, Map<String, Object> claims, long seconds) throws JOSEException {
        return token(by, "someone", claims, seconds);
    }

    private static String token(KeyPair by, String subject, Map<String, Object> claims, long seconds)
            throws JOSEException {
        var set = new JWTClaimsSet.Builder()
                .subject(subject)
                .expirationTime(Date.from(Instant.now().plusSeconds(seconds)));
        claims.forEach(set::claim);
        var token = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), set.build());
        token.sign(new RSASSASigner(by.getPrivate()));
        return token.serialize();
    }
}
