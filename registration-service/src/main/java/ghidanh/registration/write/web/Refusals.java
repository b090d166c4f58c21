package ghidanh.registration.write.web;

import ghidanh.registration.database.DatabaseUnavailableException;
import ghidanh.registration.read.web.RegistrationIds;
import ghidanh.registration.write.Refusal;
import ghidanh.registration.write.RegistrationOutcome.Refused;
import ghidanh.registration.write.WithdrawalOutcome;
import ghidanh.registration.write.WriterBusyException;
import ghidanh.registration.write.WriterBusyException.Why;
import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Why something was not done, as problems: refusals, and the exceptions of this service. */
@RestControllerAdvice
@Order(0) // before the one that takes every exception
class Refusals {

    private static final JsonMapper JSON = new JsonMapper();
    private static final TypeReference<Map<String, Object>> DETAILS = new TypeReference<>() {};

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

    static Problem refused(String shard, RegistrationRequest request, Refused refused) {
        String student = "Student " + request.stno();
        String section = "Section " + request.secNo() + " of shard " + shard;
        Map<String, Object> details = details(refused.details());
        String sentence =
                switch (refused.reason()) {
                    case SECTION_FULL -> section + " has no seat left.";
                    case UNKNOWN_STUDENT -> "Shard " + shard + " has no student " + request.stno() + ".";
                    case UNKNOWN_SECTION -> "Shard " + shard + " has no section " + request.secNo() + ".";
                    case SECTION_CANCELLED -> section + " is cancelled.";
                    case PAST_TERM -> section + " is of " + term(details) + ", which is past.";
                    case NOT_OPEN ->
                        section + " is not open for student " + request.stno()
                                + (details.containsKey("opens")
                                        ? " before " + details.get("opens") + "."
                                        : " in any registration period.");
                    case CLOSED ->
                        section + " is closed for student " + request.stno() + " since " + details.get("closed") + ".";
                    case ON_HOLD -> student + " may not register now: " + details.get("reason") + ".";
                    case NOT_ELIGIBLE ->
                        section + " is kept for other universities or programmes than student " + request.stno()
                                + " is of.";
                    case SAME_COURSE ->
                        student + " has another section of this course in this term: " + secNo(details, "holds") + ".";
                    case TIME_CLASH ->
                        student + " has another section at this time: " + secNo(details, "clashesWith") + ".";
                    case CREDIT_LIMIT ->
                        student + " has " + details.get("held") + " credits in this term and may have "
                                + details.get("limit") + "; this section has " + details.get("asked") + ".";
                    case NEWER_RULE ->
                        section + " is refused to student " + request.stno()
                                + " by a rule that this instance is too old to know.";
                };
        Problem problem = with(details, Problem.of(code(refused.reason()), sentence));
        return (refused.reason() == Refusal.SECTION_FULL
                        ? problem.with("seatsLeft", 0).with("waitlist", true)
                        : problem)
                .with("shard", shard)
                .with("stno", request.stno())
                .with("secNo", request.secNo());
    }

    /** Why a registration was not withdrawn; nothing if it was, or was before. */
    static Optional<Problem> refused(String id, WithdrawalOutcome outcome) {
        Map<String, Object> details = details(outcome.details());
        return switch (outcome.kind()) {
            case WITHDRAWN, ALREADY_WITHDRAWN -> Optional.empty();
            case UNKNOWN_REGISTRATION -> Optional.of(RegistrationIds.unknown(id));
            case GRADED ->
                Optional.of(
                        Problem.of(ProblemCode.GRADED, "Registration " + id + " has a grade: it is not withdrawn."));
            case PAST_TERM ->
                Optional.of(with(
                        details,
                        Problem.of(
                                ProblemCode.PAST_TERM,
                                "Registration " + id + " is of " + term(details) + ", which is past.")));
            case TOO_LATE ->
                Optional.of(with(
                        details,
                        Problem.of(
                                ProblemCode.WITHDRAWAL_CLOSED,
                                "Registration " + id + " could be withdrawn until " + details.get("dropUntil") + ".")));
            case NEWER_RULE ->
                Optional.of(with(
                        details,
                        Problem.of(
                                ProblemCode.NEWER_RULE,
                                "Registration " + id
                                        + " is not withdrawn by a rule that this instance is too old to know.")));
        };
    }

    static ProblemCode code(Refusal refusal) {
        return switch (refusal) {
            case SECTION_FULL -> ProblemCode.SECTION_FULL;
            case UNKNOWN_STUDENT -> ProblemCode.UNKNOWN_STUDENT;
            case UNKNOWN_SECTION -> ProblemCode.UNKNOWN_SECTION;
            case SECTION_CANCELLED -> ProblemCode.SECTION_CANCELLED;
            case PAST_TERM -> ProblemCode.PAST_TERM;
            case NOT_OPEN -> ProblemCode.REGISTRATION_NOT_OPEN;
            case CLOSED -> ProblemCode.REGISTRATION_CLOSED;
            case ON_HOLD -> ProblemCode.ON_HOLD;
            case NOT_ELIGIBLE -> ProblemCode.NOT_ELIGIBLE;
            case SAME_COURSE -> ProblemCode.SAME_COURSE;
            case TIME_CLASH -> ProblemCode.TIME_CLASH;
            case CREDIT_LIMIT -> ProblemCode.CREDIT_LIMIT;
            case NEWER_RULE -> ProblemCode.NEWER_RULE;
        };
    }

    static Map<String, Object> details(@Nullable String json) {
        return json == null ? Map.of() : JSON.readValue(json, DETAILS);
    }

    private static Problem with(Map<String, Object> details, Problem problem) {
        Problem whole = problem;
        for (Map.Entry<String, Object> detail : details.entrySet()) {
            whole = whole.with(detail.getKey(), detail.getValue());
        }
        return whole;
    }

    private static String term(Map<String, Object> details) {
        return "semester " + details.get("semester") + " of " + details.get("year");
    }

    private static String secNo(Map<String, Object> details, String name) {
        return details.get(name) instanceof Map<?, ?> section ? "section " + section.get("secNo") : "section";
    }
}
