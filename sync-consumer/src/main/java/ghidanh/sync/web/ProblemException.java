package ghidanh.sync.web;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

/** Ends the handling of a request with an RFC 9457 problem. */
public final class ProblemException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** About what it takes to notice that a database or a broker is back. */
    private static final String RETRY_SECONDS = "5";

    private final ProblemCode code;
    private final transient Map<String, Object> properties = new LinkedHashMap<>();

    /** @param detail what happened in particular, for people */
    public ProblemException(ProblemCode code, String detail) {
        // An answer, not a fault: nobody reads its stack.
        super(detail, null, false, false);
        this.code = code;
    }

    /** Adds a member to the problem, such as a number that a client needs. */
    public ProblemException with(String name, Object value) {
        properties.put(name, value);
        return this;
    }

    ResponseEntity<Object> response() {
        ProblemDetail body = ProblemDetail.forStatusAndDetail(code.status(), String.valueOf(getMessage()));
        body.setType(code.type());
        body.setTitle(code.title());
        body.setProperty("code", code.name());
        properties.forEach(body::setProperty);
        HttpHeaders headers = new HttpHeaders();
        if (code.status() == HttpStatus.SERVICE_UNAVAILABLE) {
            headers.set(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
        }
        return ResponseEntity.status(code.status()).headers(headers).body(body);
    }
}
