package ghidanh.registration.write.web;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import ghidanh.registration.ServiceUnderTest.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BadInputIT {

    private final ServiceUnderTest service = ServiceUnderTest.shared();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"stno":17}                                              | /secNo  | REQUIRED
                    {"secNo":3}                                              | /stno   | REQUIRED
                    {"stno":null,"secNo":3}                                  | /stno   | REQUIRED
                    {"stno":"17","secNo":3}                                  | /stno   | TYPE
                    {"stno":17.0,"secNo":3}                                  | /stno   | TYPE
                    {"stno":1e3,"secNo":3}                                   | /stno   | TYPE
                    {"stno":true,"secNo":3}                                  | /stno   | TYPE
                    {"stno":[17],"secNo":3}                                  | /stno   | TYPE
                    {"stno":{"value":17},"secNo":3}                          | /stno   | TYPE
                    {"stno":0,"secNo":3}                                     | /stno   | RANGE
                    {"stno":-17,"secNo":3}                                   | /stno   | RANGE
                    {"stno":2147483648,"secNo":3}                            | /stno   | RANGE
                    {"stno":99999999999999999999999999999999999,"secNo":3}   | /stno   | RANGE
                    {"stno":17,"secNo":9223372036854775808}                  | /secNo  | RANGE
                    {"shard":5433,"stno":17,"secNo":3}                       | /shard  | TYPE
                    {"shard":["5433"],"stno":17,"secNo":3}                   | /shard  | TYPE
                    {"uId":"4","stno":17,"secNo":3}                          | /uId    | TYPE
                    {"uId":0,"stno":17,"secNo":3}                            | /uId    | RANGE
                    {"shard":"5434","uId":4,"stno":17,"secNo":3}             | /uId    | CONFLICT
                    {"shard":"5433","stno":17,"secNo":3,"mark":10}           | /mark   | UNKNOWN_FIELD
                    {"shard":"5433","stno":17,"secNo":3,"a/b~c":1}           | /a~1b~0c| UNKNOWN_FIELD
                    []                                                       | ``      | TYPE
                    17                                                       | ``      | TYPE
                    "5433"                                                   | ``      | TYPE
                    null                                                     | ``      | TYPE
                    """)
    void a_field_that_cannot_be_taken_is_pointed_at(String body, String pointer, String code) {
        Answer answer = service.register(body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("code")).isEqualTo("INVALID_BODY");
        assertThat(answer.text("type")).isEqualTo("/problems/invalid-body");
        assertThat(answer.body().path("errors").path(0).path("pointer").stringValue())
                .isEqualTo(pointer);
        assertThat(answer.body().path("errors").path(0).path("code").stringValue())
                .isEqualTo(code);
        assertThat(answer.body().path("errors").path(0).path("message").stringValue())
                .isNotEmpty();
    }

    @Test
    void all_bad_fields_are_told_at_once() {
        Answer answer = service.register("{\"stno\":\"x\",\"secNo\":0,\"extra\":1}");

        assertThat(answer.body().path("errors").values().stream()
                        .map(error -> error.path("pointer").stringValue()))
                .containsExactly("/stno", "/secNo", "/extra");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"stno\":}",
                "{\"stno\":17,}",
                "{stno:17,secNo:3}",
                "{'stno':17,'secNo':3}",
                "{\"stno\":17,\"secNo\":3}}",
                "{\"stno\":17,\"secNo\":3} {}",
                "{\"stno\":17,\"stno\":18,\"secNo\":3}",
                "{\"stno\":NaN,\"secNo\":3}",
                "{\"stno\":017,\"secNo\":3}",
                "{\"stno\":0x11,\"secNo\":3}",
                "{\"shard\":\"5433\n\",\"stno\":17,\"secNo\":3}",
                "<registration/>",
                "stno=17&secNo=3",
                "\u0000",
                "\uFEFF{",
                "// comment\n{}"
            })
    void a_body_that_is_not_json_is_a_problem(String body) {
        Answer answer = service.register(body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("code")).isEqualTo("MALFORMED_BODY");
        assertThat(answer.text("detail")).isNotEmpty().doesNotContain("jackson", "Exception", "java");
    }

    static Stream<String> monsters() {
        return Stream.of(
                "[".repeat(100_000),
                "{\"a\":".repeat(1_000) + "1" + "}".repeat(1_000),
                "{\"stno\":" + "9".repeat(100_000) + ",\"secNo\":3}",
                "{\"shard\":\"" + "x".repeat(2_000_000) + "\",\"stno\":17,\"secNo\":3}",
                "{\"" + "x".repeat(200_000) + "\":17}",
                "{\"stno\":17,\"secNo\":3" + " ".repeat(2_000_000) + "}");
    }

    @ParameterizedTest
    @MethodSource("monsters")
    void a_body_without_measure_is_refused(String body) {
        Answer answer = service.register(body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.http().body()).hasSizeLessThan(1_000);
    }

    @Test
    void no_mutation_of_a_good_body_makes_the_service_fail() {
        var random = new Random(4711);
        byte[] good = "{\"shard\":\"5433\",\"uId\":4,\"stno\":2000000000,\"secNo\":2000000000}"
                .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 500; i++) {
            byte[] body = mutation(good, random);
            Answer answer = service.send(service.request("/api/registrations", "Content-Type", "application/json")
                    .POST(BodyPublishers.ofByteArray(body))
                    .build());

            assertThat(answer.status())
                    .as(new String(body, StandardCharsets.ISO_8859_1))
                    .isBetween(400, 409);
            assertThat(answer.text("code")).isNotEmpty();
        }
    }

    private static byte[] mutation(byte[] good, Random random) {
        byte[] body = good.clone();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            body[random.nextInt(body.length)] = (byte) random.nextInt(256);
        }
        return random.nextInt(4) == 0 ? java.util.Arrays.copyOf(body, random.nextInt(body.length)) : body;
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/xml", "application/x-www-form-urlencoded", "nonsense", "a/b;c"})
    void a_body_of_another_type_is_refused(String type) {
        Answer answer = service.send(service.request("/api/registrations", "Content-Type", type)
                .POST(BodyPublishers.ofString("{\"shard\":\"5433\",\"stno\":17,\"secNo\":3}"))
                .build());

        assertThat(answer.status()).isEqualTo(415);
        assertThat(answer.text("code")).isEqualTo("UNSUPPORTED_MEDIA_TYPE");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    /api/registrations?limit=0              | 400 | INVALID_PARAMETER
                    /api/registrations?limit=101            | 400 | INVALID_PARAMETER
                    /api/registrations?limit=-1             | 400 | INVALID_PARAMETER
                    /api/registrations?limit=many           | 400 | INVALID_PARAMETER
                    /api/registrations?limit=99999999999    | 400 | INVALID_PARAMETER
                    /api/registrations?cursor=              | 400 | INVALID_PARAMETER
                    /api/registrations?cursor=nonsense      | 400 | INVALID_PARAMETER
                    /api/registrations?cursor=%00           | 400 | INVALID_PARAMETER
                    /api/registrations?cursor=1'or'1'='1    | 400 | INVALID_PARAMETER
                    /api/registrations/                     | 404 | NOT_FOUND
                    /api/registrations/x                    | 404 | UNKNOWN_REGISTRATION
                    /api/registrations/5433-0               | 404 | UNKNOWN_REGISTRATION
                    /api/registrations/5433--1              | 404 | UNKNOWN_REGISTRATION
                    /api/registrations/5433-99999999999999999999 | 404 | UNKNOWN_REGISTRATION
                    /api/registrations/5433-1'              | 404 | UNKNOWN_REGISTRATION
                    /api/students                           | 400 | INVALID_PARAMETER
                    /api/students?q=                        | 400 | INVALID_PARAMETER
                    /api/students?q=%20                     | 400 | INVALID_PARAMETER
                    /api/students?q=a%00b                   | 400 | INVALID_PARAMETER
                    /api/students?q=a&limit=1000            | 400 | INVALID_PARAMETER
                    /api/students/5433/x/sections           | 400 | INVALID_PARAMETER
                    /api/students/5433/99999999999/sections | 400 | INVALID_PARAMETER
                    /api/students/5433/2000000000/sections  | 404 | UNKNOWN_STUDENT
                    /api/students/5999/17/sections          | 404 | UNKNOWN_SHARD
                    /api/students/%00/17/sections           | 400 | BAD_REQUEST
                    /api/..%2f..%2fetc/passwd               | 400 | BAD_REQUEST
                    /api/nothing                            | 404 | NOT_FOUND
                    /nothing                                | 404 | NOT_FOUND
                    /error                                  | 404 | NOT_FOUND
                    """)
    void a_bad_address_or_parameter_is_a_problem(String path, int status, String code) {
        Answer answer = service.get(path.replace("'", "%27"));

        assertThat(answer.header("Content-Type")).as(answer.http().body()).startsWith("application/problem+json");
        assertThat(answer.text("code")).isEqualTo(code);
        assertThat(answer.status()).isEqualTo(status);
    }

    @Test
    void a_long_query_is_refused() {
        assertThat(service.get("/api/students?q=" + "x".repeat(5000)).status()).isEqualTo(400);
    }

    @Test
    void a_method_that_an_address_does_not_take_is_refused_with_those_it_takes() {
        Answer answer = service.delete("/api/registrations");

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.text("code")).isEqualTo("METHOD_NOT_ALLOWED");
        assertThat(answer.header("Allow")).contains("POST", "GET");
    }

    @Test
    void an_answer_that_nobody_takes_is_refused_before_anything_is_changed() {
        int student = Databases.student("5433");
        int section = Databases.section("5433", 1);
        String body = "{\"shard\":\"5433\",\"stno\":" + student + ",\"secNo\":" + section + "}";
        for (String accept : List.of("application/xml", "x", "*/*;q=2")) {
            Answer answer = service.send(
                    service.request("/api/registrations", "Content-Type", "application/json", "Accept", accept)
                            .POST(BodyPublishers.ofString(body))
                            .build());

            assertThat(answer.status()).isEqualTo(406);
        }
        assertThat(Databases.count(Databases.shard("5433"), "select enrolled from sections where sec_no = ?", section))
                .isZero();
    }

    @Test
    void a_format_that_is_not_spoken_is_refused_in_json() {
        Answer answer = service.get("/api/students?q=x", "Accept", "application/xml");

        assertThat(answer.status()).isEqualTo(406);
        assertThat(answer.text("code")).isEqualTo("NOT_ACCEPTABLE");
    }

    @ParameterizedTest
    @MethodSource
    void a_request_that_the_server_itself_refuses_shows_no_stack_trace(String request) throws IOException {
        String answer = raw(request);

        assertThat(answer).startsWith("HTTP/1.1 4").doesNotContain("at org.", "Exception", "<html");
    }

    static List<String> a_request_that_the_server_itself_refuses_shows_no_stack_trace() {
        return List.of(
                "GET /api/students?q=[] HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET /api/%ZZ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET /api/..%2f..%2fetc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET /api/students?q=%ZZ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
                "NONSENSE\r\n\r\n",
                "POST /api/registrations HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\nConnection: close\r\n\r\n",
                "BREW /api/registrations HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }

    private String raw(String request) throws IOException {
        try (var socket = new Socket("localhost", service.port());
                InputStream in = socket.getInputStream()) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
