package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class BadInputIT {

    private final Rest rest = Rest.of(SyncStack.consumer());

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            replays                | {"from": "earliest"}                                      | /shard        | REQUIRED
            replays                | {"shard": 5433, "from": "earliest"}                       | /shard        | TYPE
            replays                | {"shard": "5433"}                                         | /from         | REQUIRED
            replays                | {"shard": "5433", "from": null}                           | /from         | REQUIRED
            replays                | {"shard": "5433", "from": "yesterday"}                    | /from         | FORMAT
            replays                | {"shard": "5433", "from": {}}                             | /from         | FORMAT
            replays                | {"shard": "5433", "from": {"0": "1"}}                     | /from         | FORMAT
            replays                | {"shard": "5433", "from": {"0": 1.5}}                     | /from         | FORMAT
            replays                | {"shard": "5433", "from": {"x": 1}}                       | /from         | FORMAT
            replays                | {"shard": "5433", "from": {"99": 1}}                      | /from         | RANGE
            replays                | {"shard": "all", "from": {"0": 1}}                        | /from         | CONFLICT
            replays                | {"shard": "5433", "from": "earliest", "dryrun": false}    | /dryrun       | UNKNOWN_FIELD
            replays                | {"shard": "5433", "from": "earliest", "dryRun": "false"}  | /dryRun       | TYPE
            replays                | {"shard": "5433", "from": "earliest", "dryRun": 0}        | /dryRun       | TYPE
            replays                | {"shard": "5433", "from": "earliest", "dryRun": false}    | /reason       | REQUIRED
            resyncs                | {"shard": "5433", "dryRun": false, "reason": " "}         | /reason       | REQUIRED
            resyncs                | {"shard": "5433", "reason": "a\\u0000b"}                  | /reason       | FORMAT
            resyncs                | {"shard": "5433", "maxPerSecond": "17"}                   | /maxPerSecond | TYPE
            resyncs                | {"shard": "5433", "maxPerSecond": 17.0}                   | /maxPerSecond | TYPE
            resyncs                | {"shard": "5433", "maxPerSecond": 1000001}                | /maxPerSecond | RANGE
            resyncs                | {"shard": "5433", "from": "earliest"}                     | /from         | UNKNOWN_FIELD
            drift-checks           | {"shard": "5433", "repair": 1}                            | /repair       | TYPE
            drift-checks           | {"shard": "5433", "removeExtra": true}                    | /reason       | REQUIRED
            dead-letters/redrive   | {"shard": "5433", "offsets": 12}                          | /offsets      | TYPE
            dead-letters/redrive   | {"shard": "5433", "offsets": [1, "2"]}                    | /offsets      | TYPE
            dead-letters/redrive   | {"shard": "5433", "limit": 10001}                         | /limit        | RANGE
            dead-letters/redrive   | {"shard": "5433", "deadReason": "bad luck"}               | /deadReason   | FORMAT
            dead-letters/redrive   | []                                                        | ``            | TYPE
            drift-checks           | null                                                      | ``            | TYPE
            """)
    void a_field_that_cannot_be_taken_is_pointed_at(String path, String body, String pointer, String code) {
        Rest.Answer answer = rest.post("/api/" + path, body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().path("code").asString()).isEqualTo("INVALID_BODY");
        assertThat(answer.body().path("type").asString()).isEqualTo("/problems/invalid-body");
        JsonNode error = answer.body().path("errors").path(0);
        assertThat(error.path("pointer").stringValue()).isEqualTo(pointer);
        assertThat(error.path("code").stringValue()).isEqualTo(code);
        assertThat(error.path("message").stringValue()).isNotEmpty();
    }

    @Test
    void all_bad_fields_are_told_at_once() {
        Rest.Answer answer = rest.post("/api/replays", """
                {"from": 12, "dryRun": "no", "maxPerSecond": 0, "reason": 1, "mark": 1}
                """);

        assertThat(answer.body()
                        .path("errors")
                        .valueStream()
                        .map(error -> error.path("pointer").asString()))
                .containsExactlyInAnyOrder("/shard", "/from", "/dryRun", "/maxPerSecond", "/reason", "/mark");
    }

    @Test
    void a_long_text_is_refused() {
        String body = "{\"shard\": \"5433\", \"reason\": \"%s\"}";

        assertThat(rest.post("/api/resyncs", body.formatted("x".repeat(501)))
                        .body()
                        .path("errors")
                        .path(0)
                        .path("pointer")
                        .asString())
                .isEqualTo("/reason");
    }

    @Test
    void a_body_that_is_not_json_is_told_where_it_stops_being_json() {
        Rest.Answer answer = rest.post("/api/replays", "{\"shard\": \"5433\",\n  \"from\": }");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().path("code").asString()).isEqualTo("MALFORMED_BODY");
        assertThat(answer.body().path("detail").asString()).contains("line 2, column 11");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "{", "{\"shard\": \"5433\", \"shard\": \"5434\"}", "{\"shard\": \"5433\"} {}", "shard"})
    void a_body_that_is_not_json_is_a_problem(String body) {
        Rest.Answer answer = rest.post("/api/resyncs", body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().path("code").asString()).isEqualTo("MALFORMED_BODY");
        assertThat(answer.body().path("detail").asString()).isNotEmpty().doesNotContain("jackson", "Exception", "java");
    }

    static Stream<String> monsters() {
        return Stream.of(
                "[".repeat(100_000),
                "{\"from\":".repeat(1_000) + "1" + "}".repeat(1_000),
                "{\"maxPerSecond\":" + "9".repeat(100_000) + "}",
                "{\"reason\":\"" + "x".repeat(20_000) + "\"}",
                "{\"offsets\":[" + "1,".repeat(20_000) + "1]}",
                "{\"shard\":\"5433\"" + " ".repeat(2_000_000) + "}");
    }

    @ParameterizedTest
    @MethodSource("monsters")
    void a_body_without_measure_is_refused(String body) {
        Rest.Answer answer = rest.post("/api/dead-letters/redrive", body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.http().body()).hasSizeLessThan(1_000);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /api/jobs?limit=0                            | 400 | INVALID_PARAMETER | ?limit
            /api/jobs?limit=501                          | 400 | INVALID_PARAMETER | ?limit
            /api/replays?limit=many                      | 400 | INVALID_PARAMETER | ?limit
            /api/replays/x                               | 400 | INVALID_PARAMETER | ?id
            /api/dead-letters                            | 400 | INVALID_PARAMETER | ?shard
            /api/dead-letters?shard=5433&cursor=-1       | 400 | INVALID_PARAMETER | ?cursor
            /api/dead-letters?shard=5433&limit=501       | 400 | INVALID_PARAMETER | ?limit
            /api/dead-letters?shard=5999                 | 404 | UNKNOWN_SHARD     |
            /api/replays/999999                          | 404 | NOT_FOUND         |
            /api/drift-checks/1/resume                   | 404 | NOT_FOUND         |
            /api/jobs?limit=%ZZ                          | 400 | BAD_REQUEST       |
            /nothing                                     | 404 | NOT_FOUND         |
            /error                                       | 404 | NOT_FOUND         |
            """)
    void a_bad_address_or_parameter_is_a_problem(String path, int status, String code, String pointer) {
        String answer = raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 " + status).contains("application/problem+json", "\"" + code + "\"");
        if (pointer != null) {
            assertThat(answer).contains("\"pointer\":\"" + pointer + "\"");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /api/jobs?limit=[] HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET /api/%ZZ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
                "NONSENSE\r\n\r\n",
                "BREW /api/sync HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            })
    void a_request_that_the_server_itself_refuses_shows_no_stack_trace(String request) {
        assertThat(raw(request)).startsWith("HTTP/1.1 4").doesNotContain("at org.", "Exception", "<html");
    }

    private String raw(String request) {
        try (var socket = new Socket("localhost", URI.create(rest.url()).getPort());
                var in = socket.getInputStream()) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
