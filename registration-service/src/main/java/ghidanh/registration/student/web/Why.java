package ghidanh.registration.student.web;

import ghidanh.web.JsonFields;
import jakarta.validation.constraints.Size;
import tools.jackson.databind.JsonNode;

/**
 * What a registrar says about a deed of theirs.
 *
 * @param reason kept with it
 */
public record Why(
        @Size(min = 1, max = JsonFields.LONGEST_REASON) String reason) {

    /** @throws ghidanh.web.ProblemException if the body is something else */
    public static Why read(JsonNode body) {
        var fields = new JsonFields(body);
        return fields.checked(new Why(fields.reason("reason")));
    }
}
