package ghidanh.registration.write.web;

import ghidanh.registration.write.RegistrationOutcome.Refused;
import ghidanh.web.ProblemCode;
import java.util.Map;

/**
 * Why a student would not get a section, as the problem of the refusal would tell it.
 *
 * @param details the problem's members that are about this reason alone
 */
public record RefusalBody(ProblemCode code, Map<String, Object> details) {

    public static RefusalBody of(Refused refused) {
        return new RefusalBody(Refusals.code(refused.reason()), Refusals.details(refused.details()));
    }
}
