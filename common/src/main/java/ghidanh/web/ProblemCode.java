package ghidanh.web;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** Every problem that the services answer with. Names, and the type URIs made from them, are part of the API. */
public enum ProblemCode {
    MALFORMED_BODY(HttpStatus.BAD_REQUEST, "The body is not readable JSON"),
    INVALID_BODY(HttpStatus.BAD_REQUEST, "Some fields of the body are not acceptable"),
    INVALID_PARAMETER(HttpStatus.BAD_REQUEST, "Some parameters of the request are not acceptable"),
    BAD_REQUEST(HttpStatus.BAD_REQUEST, "The request is not acceptable"),
    UNAUTHENTICATED(HttpStatus.UNAUTHORIZED, "Nobody is signed in"),
    FORBIDDEN(HttpStatus.FORBIDDEN, "The caller may not do this"),
    UNKNOWN_SHARD(HttpStatus.NOT_FOUND, "There is no such shard"),
    UNKNOWN_UNIVERSITY(HttpStatus.NOT_FOUND, "No shard has this university"),
    UNKNOWN_STUDENT(HttpStatus.NOT_FOUND, "There is no such student"),
    UNKNOWN_SECTION(HttpStatus.NOT_FOUND, "There is no such section"),
    UNKNOWN_REGISTRATION(HttpStatus.NOT_FOUND, "There is no such registration"),
    UNKNOWN_WINDOW(HttpStatus.NOT_FOUND, "There is no such registration window"),
    UNKNOWN_TERM(HttpStatus.NOT_FOUND, "There is no term yet"),
    NOT_FOUND(HttpStatus.NOT_FOUND, "There is nothing at this address"),
    METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "This address does not take this method"),
    NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "The answer cannot be given in the requested format"),
    SECTION_FULL(HttpStatus.CONFLICT, "The section has no seat left"),
    SEATS_TAKEN(HttpStatus.CONFLICT, "More seats are taken than there would be"),
    SECTION_CANCELLED(HttpStatus.CONFLICT, "The section is cancelled"),
    PAST_TERM(HttpStatus.CONFLICT, "The term is past"),
    REGISTRATION_NOT_OPEN(HttpStatus.CONFLICT, "Registration is not open for this student"),
    REGISTRATION_CLOSED(HttpStatus.CONFLICT, "Registration is closed for this student"),
    ON_HOLD(HttpStatus.CONFLICT, "The student may not register now"),
    NOT_ELIGIBLE(HttpStatus.CONFLICT, "The section is kept for other students"),
    SAME_COURSE(HttpStatus.CONFLICT, "The student has another section of this course"),
    TIME_CLASH(HttpStatus.CONFLICT, "The student has another section at this time"),
    CREDIT_LIMIT(HttpStatus.CONFLICT, "The student would have too many credits"),
    GRADED(HttpStatus.CONFLICT, "The registration has a grade"),
    WITHDRAWAL_CLOSED(HttpStatus.CONFLICT, "It is too late to withdraw"),
    NEWER_RULE(HttpStatus.CONFLICT, "A rule of a newer release refuses this"),
    STUDENT_AMBIGUOUS(HttpStatus.CONFLICT, "Several shards have a student of this number"),
    ALREADY_RUNNING(HttpStatus.CONFLICT, "Such a job is already running"),
    WENT_BACK(HttpStatus.CONFLICT, "A database may have gone back in time"),
    DRY_RUN_FIRST(HttpStatus.CONFLICT, "A dry run must come first"),
    REMOVES_TOO_MUCH(HttpStatus.CONFLICT, "More would be removed than one job may"),
    JOB_STATE(HttpStatus.CONFLICT, "The job's state does not allow this"),
    BODY_TOO_SLOW(HttpStatus.REQUEST_TIMEOUT, "The body did not arrive in time"),
    BODY_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The body is too large"),
    UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "The body must be application/json"),
    TOO_MANY_REQUESTS(HttpStatus.TOO_MANY_REQUESTS, "This caller asks too much"),
    TOO_MANY_GUESSES(HttpStatus.TOO_MANY_REQUESTS, "Too many wrong passwords"),
    INTERNAL(HttpStatus.INTERNAL_SERVER_ERROR, "The service failed"),
    SHARD_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "A database is not available"),
    MASTER_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "The master is not available"),
    KAFKA_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "Kafka is not available"),
    ROWS_HELD(HttpStatus.SERVICE_UNAVAILABLE, "Somebody else holds what this would change"),
    TOO_BUSY(HttpStatus.SERVICE_UNAVAILABLE, "Too many requests at once");

    /** A queue of thousands is gone in a second, and so are most locks. */
    private static final Duration RETRY_BUSY = Duration.ofSeconds(1);

    /** When the next password may be tried. */
    private static final Duration RETRY_GUESSING = Duration.ofSeconds(30);

    /** What is back is noticed within 4 s by registration-service and within 2 s by sync-consumer. */
    private static final Duration RETRY_AWAY = Duration.ofSeconds(3);

    private final HttpStatus status;
    private final String title;
    private final URI type =
            URI.create("/problems/" + name().toLowerCase(Locale.ROOT).replace('_', '-'));

    ProblemCode(HttpStatus status, String title) {
        this.status = status;
        this.title = title;
    }

    /** The code for what Spring or Tomcat refuse by themselves. */
    static ProblemCode of(int status) {
        return switch (status) {
            case 401 -> UNAUTHENTICATED;
            case 403 -> FORBIDDEN;
            case 404 -> NOT_FOUND;
            case 405 -> METHOD_NOT_ALLOWED;
            case 406 -> NOT_ACCEPTABLE;
            case 413 -> BODY_TOO_LARGE;
            case 415 -> UNSUPPORTED_MEDIA_TYPE;
            case 429 -> TOO_MANY_REQUESTS;
            case 503 -> TOO_BUSY;
            default -> status < 500 ? BAD_REQUEST : INTERNAL;
        };
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

    /** When to try again; null where that makes no sense. */
    @Nullable Duration retryAfter() {
        if (this == TOO_MANY_GUESSES) {
            return RETRY_GUESSING;
        }
        if (this == TOO_MANY_REQUESTS) {
            return RETRY_BUSY;
        }
        if (status != HttpStatus.SERVICE_UNAVAILABLE) {
            return null;
        }
        return this == TOO_BUSY || this == ROWS_HELD ? RETRY_BUSY : RETRY_AWAY;
    }
}
