package ghidanh.registration.window.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import ghidanh.registration.window.RegistrationWindow;
import ghidanh.web.FieldError.Code;
import ghidanh.web.JsonFields;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A window that a registrar wants opened.
 *
 * @param uId for students of this university; null: of all
 * @param cohort for students of this year of entry; null: of all
 * @param closes after opens; null: without an end
 * @param dropUntil not before opens; null: without an end
 * @param reason kept with it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record WindowRequest(
        @Min(1) @Max(LAST_YEAR) int year,
        @Min(1) @Max(MOST_SEMESTERS) int semester,
        @Nullable @Min(1) Integer uId,
        @Nullable @Min(1) @Max(LAST_YEAR) Integer cohort,
        Instant opens,
        @Nullable Instant closes,
        @Nullable Instant dropUntil,
        @Size(min = 1, max = JsonFields.LONGEST_REASON) String reason) {

    private static final int LAST_YEAR = 2_200;
    private static final int MOST_SEMESTERS = 9;

    /** @throws ghidanh.web.ProblemException if the body is something else */
    static WindowRequest read(JsonNode body) {
        var fields = new JsonFields(body);
        fields.require("year");
        fields.require("semester");
        Integer year = fields.optionalNumber("year", LAST_YEAR);
        Integer semester = fields.optionalNumber("semester", MOST_SEMESTERS);
        Integer uId = fields.optionalNumber("uId", Integer.MAX_VALUE);
        Integer cohort = fields.optionalNumber("cohort", LAST_YEAR);
        fields.require("opens");
        Instant opens = fields.optionalInstant("opens");
        Instant closes = fields.optionalInstant("closes");
        Instant dropUntil = fields.optionalInstant("dropUntil");
        if (opens != null && closes != null && !opens.isBefore(closes)) {
            fields.error("closes", Code.CONFLICT, "must be after opens");
        }
        if (opens != null && dropUntil != null && dropUntil.isBefore(opens)) {
            fields.error("dropUntil", Code.CONFLICT, "must not be before opens");
        }
        return fields.checked(new WindowRequest(
                year == null ? 0 : year,
                semester == null ? 0 : semester,
                uId,
                cohort,
                opens == null ? Instant.EPOCH : opens,
                closes,
                dropUntil,
                fields.reason("reason")));
    }

    RegistrationWindow window() {
        return new RegistrationWindow(0, year, semester, uId, cohort, opens, closes, dropUntil);
    }
}
