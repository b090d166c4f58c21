package ghidanh.web;

import ghidanh.shard.ShardCatalogue;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.json.ProblemDetailJacksonMixin;
import tools.jackson.databind.json.JsonMapper;

/**
 * An RFC 9457 problem.
 *
 * @param code what kind of problem, for programs
 * @param detail what happened in particular, for people
 * @param properties further members, such as the numbers a client needs
 */
public record Problem(ProblemCode code, String detail, Map<String, Object> properties) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .addMixIn(ProblemDetail.class, ProblemDetailJacksonMixin.class)
            .build();

    public static Problem of(ProblemCode code, String detail) {
        return new Problem(code, detail, Map.of());
    }

    /** A body whose fields, or parameters that cannot be taken, each with its own reason. */
    public static Problem invalid(List<FieldError> errors) {
        FieldError first = errors.get(0);
        ProblemCode code = first.isOfParameter() ? ProblemCode.INVALID_PARAMETER : ProblemCode.INVALID_BODY;
        return of(code, first.sentence()).with("errors", errors);
    }

    public static Problem invalid(String pointer, FieldError.Code code, String message) {
        return invalid(List.of(new FieldError(pointer, code, message)));
    }

    /**
     * Returns a shard's name if it is one.
     *
     * @throws ProblemException if it is not, with the names of those there are
     */
    public static String known(String shard, ShardCatalogue catalogue) {
        if (catalogue.find(shard).isEmpty()) {
            List<String> names = catalogue.names();
            throw of(
                            ProblemCode.UNKNOWN_SHARD,
                            "There is no shard '" + shard + "', but " + String.join(", ", names) + ".")
                    .with("shards", names)
                    .exception();
        }
        return shard;
    }

    /** The answer depends on shards that cannot be asked now. */
    public static Problem unavailableShards(List<String> shards) {
        return of(
                        ProblemCode.SHARD_UNAVAILABLE,
                        "Not available now: shard " + String.join(", shard ", shards) + ". Nothing was changed.")
                .with("unavailableShards", shards);
    }

    public Problem with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(properties);
        more.put(name, value);
        return new Problem(code, detail, more);
    }

    public int status() {
        return code.status().value();
    }

    public ProblemDetail body() {
        ProblemDetail body = ProblemDetail.forStatusAndDetail(code.status(), detail);
        body.setType(code.type());
        body.setTitle(code.title());
        body.setProperty("code", code.name());
        properties.forEach(body::setProperty);
        return body;
    }

    public HttpHeaders headers() {
        var headers = new HttpHeaders();
        // Whatever the client accepts, or fails to say so that it can be read.
        headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        Duration retryAfter = code.retryAfter();
        if (retryAfter != null) {
            headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(retryAfter.toSeconds()));
        }
        return headers;
    }

    public ResponseEntity<Object> response() {
        return ResponseEntity.status(code.status()).headers(headers()).body(body());
    }

    /** The body for those who write it without Spring. */
    public static byte[] json(ProblemDetail body) {
        return JSON.writeValueAsBytes(body);
    }

    public ProblemException exception() {
        return new ProblemException(this);
    }
}
