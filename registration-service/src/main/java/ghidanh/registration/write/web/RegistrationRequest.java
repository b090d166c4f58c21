package ghidanh.registration.write.web;

import ghidanh.registration.web.FieldError;
import ghidanh.registration.web.JsonFields;
import ghidanh.registration.web.Problem;
import ghidanh.registration.web.ProblemCode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A student's wish for a section.
 *
 * @param shard where the student lives; null where uId says it, or where only one shard has a student of this number
 * @param uId the student's university; null where it is not needed
 */
record RegistrationRequest(
        @Nullable String shard, @Nullable Integer uId, int stno, int secNo, List<FieldError> errors) {

    /**
     * Reads a request.
     *
     * @param at pointer to it in the body
     * @return a request that is good only if it has no errors
     */
    static RegistrationRequest read(JsonNode json, String at) {
        var fields = new JsonFields(json, at);
        String shard = fields.optionalText("shard");
        Integer uId = fields.optionalNumber("uId");
        int stno = fields.number("stno");
        int secNo = fields.number("secNo");
        return new RegistrationRequest(shard, uId, stno, secNo, fields.errors());
    }

    static Problem invalid(List<FieldError> errors) {
        FieldError first = errors.get(0);
        String field = first.pointer().isEmpty() ? "The body" : first.pointer();
        return Problem.of(ProblemCode.INVALID_BODY, field + " " + first.message() + ".", errors);
    }
}
