package ghidanh.registration.write.web;

import ghidanh.registration.web.Problem;
import ghidanh.registration.web.ProblemCode;
import ghidanh.registration.write.Refusal;
import ghidanh.registration.write.WriterBusyException;

/** Refusals as problems. */
final class Outcomes {

    private static final int RETRY_BUSY_SECONDS = 1;

    private Outcomes() {}

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

    static Problem busy(WriterBusyException e) {
        return Problem.of(ProblemCode.TOO_BUSY, "Nothing was changed: " + e.getMessage() + ".")
                .with("shard", e.shard())
                .withRetryAfter(RETRY_BUSY_SECONDS);
    }
}
