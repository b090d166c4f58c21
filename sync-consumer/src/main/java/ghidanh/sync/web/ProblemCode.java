package ghidanh.sync.web;

import java.net.URI;
import java.util.Locale;
import org.springframework.http.HttpStatus;

/** Every problem that this service answers with. Names, and the type URIs made from them, are part of the API. */
public enum ProblemCode {
    MALFORMED_BODY(HttpStatus.BAD_REQUEST, "The body is not readable JSON"),
    INVALID_BODY(HttpStatus.BAD_REQUEST, "A field of the body is not acceptable"),
    INVALID_PARAMETER(HttpStatus.BAD_REQUEST, "A parameter of the request is not acceptable"),
    BAD_REQUEST(HttpStatus.BAD_REQUEST, "The request is not acceptable"),
    UNKNOWN_SHARD(HttpStatus.NOT_FOUND, "There is no such shard"),
    NOT_FOUND(HttpStatus.NOT_FOUND, "There is nothing at this address"),
    METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "This address does not take this method"),
    NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "The answer cannot be given in the requested format"),
    ALREADY_RUNNING(HttpStatus.CONFLICT, "Such a job is already running"),
    JOB_STATE(HttpStatus.CONFLICT, "The job's state does not allow this"),
    UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "The body must be application/json"),
    INTERNAL(HttpStatus.INTERNAL_SERVER_ERROR, "The service failed"),
    MASTER_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "The master is not available"),
    SHARD_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "No shard is available"),
    KAFKA_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "Kafka is not available");

    private final HttpStatus status;
    private final String title;
    private final URI type =
            URI.create("/problems/" + name().toLowerCase(Locale.ROOT).replace('_', '-'));

    ProblemCode(HttpStatus status, String title) {
        this.status = status;
        this.title = title;
    }

    HttpStatus status() {
        return status;
    }

    /** The same words whatever happened in particular. */
    String title() {
        return title;
    }

    URI type() {
        return type;
    }
}
