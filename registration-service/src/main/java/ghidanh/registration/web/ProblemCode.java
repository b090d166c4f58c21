package ghidanh.registration.web;

import java.net.URI;
import java.util.Locale;
import org.springframework.http.HttpStatus;

/** Every problem that this service answers with. Names, and the type URIs made from them, are part of the API. */
public enum ProblemCode {
    MALFORMED_BODY(HttpStatus.BAD_REQUEST, "The body is not readable JSON"),
    INVALID_BODY(HttpStatus.BAD_REQUEST, "Some fields of the body are not acceptable"),
    INVALID_PARAMETER(HttpStatus.BAD_REQUEST, "Some parameters of the request are not acceptable"),
    BAD_REQUEST(HttpStatus.BAD_REQUEST, "The request is not acceptable"),
    UNKNOWN_SHARD(HttpStatus.NOT_FOUND, "There is no such shard"),
    UNKNOWN_UNIVERSITY(HttpStatus.NOT_FOUND, "No shard has this university"),
    UNKNOWN_STUDENT(HttpStatus.NOT_FOUND, "There is no such student"),
    UNKNOWN_SECTION(HttpStatus.NOT_FOUND, "There is no such section"),
    UNKNOWN_REGISTRATION(HttpStatus.NOT_FOUND, "There is no such registration"),
    UNKNOWN_TERM(HttpStatus.NOT_FOUND, "There is no term yet"),
    NOT_FOUND(HttpStatus.NOT_FOUND, "There is nothing at this address"),
    METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "This address does not take this method"),
    NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "The answer cannot be given in the requested format"),
    SECTION_FULL(HttpStatus.CONFLICT, "The section has no seat left"),
    STUDENT_AMBIGUOUS(HttpStatus.CONFLICT, "Several shards have a student of this number"),
    BODY_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The body is too large"),
    UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "The body must be application/json"),
    INTERNAL(HttpStatus.INTERNAL_SERVER_ERROR, "The service failed"),
    SHARD_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "A database is not available"),
    TOO_BUSY(HttpStatus.SERVICE_UNAVAILABLE, "Too many requests at once");

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
