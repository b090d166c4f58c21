package ghidanh.registration.write.web;

import ghidanh.registration.database.DatabaseUnavailableException;
import ghidanh.registration.write.Refusal;
import ghidanh.registration.write.WriterBusyException;
import ghidanh.registration.write.WriterBusyException.Why;
import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import java.util.List;
import org.springframework.core.annotation.Order;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Why something was not done, as problems: refusals, and the exceptions of this service. */
@RestControllerAdvice
@Order(0) // before the one that takes every exception
class Refusals {

    @ExceptionHandler
    ResponseEntity<Object> handle(WriterBusyException e) {
        return busy(e).response();
    }

    @ExceptionHandler
    ResponseEntity<Object> handle(DatabaseUnavailableException e) {
        return unavailable(e).response();
    }

    static Problem busy(WriterBusyException e) {
        ProblemCode code = e.why() == Why.OTHERS_HOLD ? ProblemCode.ROWS_HELD : ProblemCode.TOO_BUSY;
        return Problem.of(code, "Nothing was changed: " + e.getMessage() + ".").with("shard", e.shard());
    }

    static Problem unavailable(DatabaseUnavailableException e) {
        String detail = e.mayHaveCommitted()
                ? "It stopped answering; whether the change was saved is not known. Repeating the request is safe:"
                        + " nobody is registered twice."
                : "Nothing was changed. Repeating the request is safe.";
        Problem problem =
                Problem.of(ProblemCode.SHARD_UNAVAILABLE, "Not available now: " + e.database() + ". " + detail);
        return e.shard() == null ? problem : problem.with("unavailableShards", List.of(e.shard()));
    }

    static Problem refused(String shard, RegistrationRequest request, Refusal reason) {
        Problem problem =
                switch (reason) {
                    case SECTION_FULL ->
                        Problem.of(
                                        ProblemCode.SECTION_FULL,
                                        "Section " + request.secNo() + " of shard " + shard + " has no seat left.")
                                .with("seatsLeft", 0);
                    case UNKNOWN_STUDENT ->
                        Problem.of(
                                ProblemCode.UNKNOWN_STUDENT,
                                "Shard " + shard + " has no student " + request.stno() + ".");
                    case UNKNOWN_SECTION ->
                        Problem.of(
                                ProblemCode.UNKNOWN_SECTION,
                                "Shard " + shard + " has no section " + request.secNo() + ".");
                };
        return problem.with("shard", shard).with("stno", request.stno()).with("secNo", request.secNo());
    }
}
