package ghidanh.web;

import ghidanh.web.FieldError.Code;
import java.util.List;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.context.request.async.AsyncRequestTimeoutException;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;

/**
 * Turns every exception into a problem with a type and a code of ours; a client never sees a stack trace. A service's own
 * exceptions have an advice in the service, ordered before this one.
 */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

    @ExceptionHandler
    ResponseEntity<Object> handle(ProblemException e) {
        return e.problem().response();
    }

    /** A query string or form that the server could not decode. */
    @ExceptionHandler
    ResponseEntity<Object> handle(InvalidParameterException e) {
        return Problem.of(ProblemCode.BAD_REQUEST, "The parameters of the address cannot be decoded.")
                .response();
    }

    @ExceptionHandler
    ResponseEntity<Object> handle(Exception e) {
        log.error("a request failed", e);
        return Problem.of(ProblemCode.INTERNAL, "The service failed; its log says why.")
                .response();
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return malformed(e.getCause()).response();
    }

    private static Problem malformed(@Nullable Throwable cause) {
        if (cause instanceof StreamConstraintsException) {
            return Problem.of(ProblemCode.MALFORMED_BODY, "The body is too long, too deep or has too long a value.");
        }
        if (cause instanceof JacksonException json && json.getLocation() != null) {
            var where = json.getLocation();
            return Problem.of(
                    ProblemCode.MALFORMED_BODY,
                    "The body stops being JSON at line " + where.getLineNr() + ", column " + where.getColumnNr() + ".");
        }
        return Problem.of(ProblemCode.MALFORMED_BODY, "The body must be a JSON object.");
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleMissingServletRequestParameter(
            MissingServletRequestParameterException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return Problem.invalid("?" + e.getParameterName(), Code.REQUIRED, "is missing")
                .response();
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleTypeMismatch(
            TypeMismatchException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        String name = e instanceof MethodArgumentTypeMismatchException argument ? argument.getName() : "";
        return Problem.invalid("?" + name, Code.TYPE, "must be a whole number in range")
                .response();
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHandlerMethodValidationException(
            HandlerMethodValidationException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        List<FieldError> errors = e.getParameterValidationResults().stream()
                .flatMap(result -> result.getResolvableErrors().stream()
                        .map(error -> new FieldError(
                                "?" + result.getMethodParameter().getParameterName(),
                                Code.RANGE,
                                String.valueOf(error.getDefaultMessage()))))
                .toList();
        return Problem.invalid(errors).response();
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleAsyncRequestTimeoutException(
            AsyncRequestTimeoutException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return Problem.of(
                        ProblemCode.TOO_BUSY,
                        "There was no answer in time; whether a change was saved is not known. Repeating the request is"
                                + " safe.")
                .response();
    }

    /** Whatever else Spring refuses by itself: keeps its status and headers, adds type, title and code of ours. */
    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception e, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        ProblemCode code = ProblemCode.of(status.value());
        if (code == ProblemCode.INTERNAL) {
            log.error("a request failed", e);
        }
        String detail =
                body instanceof ProblemDetail given && given.getDetail() != null ? given.getDetail() : code.title();
        ProblemDetail problem = Problem.of(code, code == ProblemCode.INTERNAL ? code.title() : detail)
                .body();
        problem.setStatus(status.value());
        var typed = new HttpHeaders(headers);
        typed.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        return super.handleExceptionInternal(e, problem, typed, status, request);
    }
}
