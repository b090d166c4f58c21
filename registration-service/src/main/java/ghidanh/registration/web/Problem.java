package ghidanh.registration.web;

import ghidanh.registration.database.DatabaseUnavailableException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

/**
 * An RFC 9457 problem.
 *
 * @param code what kind of problem, for programs
 * @param detail what happened in particular, for people
 * @param properties further members, such as the numbers a client needs
 * @param retryAfterSeconds when to try again; null where trying again makes no sense
 */
public record Problem(
        ProblemCode code,
        String detail,
        Map<String, Object> properties,
        @Nullable Integer retryAfterSeconds) {

    /** About what it takes to notice that a database is back. */
    public static final int RETRY_SECONDS = 3;

    public static Problem of(ProblemCode code, String detail) {
        return new Problem(code, detail, Map.of(), null);
    }

    /** A request whose fields or parameters cannot be taken, each with its own reason. */
    public static Problem of(ProblemCode code, String detail, List<FieldError> errors) {
        return of(code, detail).with("errors", errors);
    }

    public static Problem unknownShard(String shard, List<String> known) {
        return of(ProblemCode.UNKNOWN_SHARD, "There is no shard '" + shard + "', but " + String.join(", ", known) + ".")
                .with("shards", known);
    }

    /** The answer depends on shards that cannot be asked now. */
    public static Problem unavailableShards(List<String> shards) {
        return of(
                        ProblemCode.SHARD_UNAVAILABLE,
                        "Not available now: shard " + String.join(", shard ", shards) + ". Nothing was changed.")
                .with("unavailableShards", shards)
                .withRetryAfter(RETRY_SECONDS);
    }

    public static Problem unavailable(DatabaseUnavailableException e) {
        String detail = e.mayHaveCommitted()
                ? "It stopped answering; whether the change was saved is not known. Repeating the request is safe:"
                        + " nobody is registered twice."
                : "Nothing was changed. Repeating the request is safe.";
        Problem problem = of(ProblemCode.SHARD_UNAVAILABLE, "Not available now: " + e.database() + ". " + detail)
                .withRetryAfter(RETRY_SECONDS);
        return e.shard() == null ? problem : problem.with("unavailableShards", List.of(e.shard()));
    }

    public Problem with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(properties);
        more.put(name, value);
        return new Problem(code, detail, more, retryAfterSeconds);
    }

    public Problem withRetryAfter(int seconds) {
        return new Problem(code, detail, properties, seconds);
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

    /** The body for those who write it without Spring. */
    public Map<String, Object> members(int status) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("type", code.type());
        members.put("title", code.title());
        members.put("status", status);
        members.put("detail", detail);
        members.put("code", code.name());
        members.putAll(properties);
        return members;
    }

    public HttpHeaders headers() {
        var headers = new HttpHeaders();
        if (retryAfterSeconds != null) {
            headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(retryAfterSeconds));
        }
        return headers;
    }

    public ResponseEntity<Object> response() {
        return ResponseEntity.status(code.status()).headers(headers()).body(body());
    }

    public ProblemException exception() {
        return new ProblemException(this);
    }
}
