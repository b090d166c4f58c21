package ghidanh.registration.write.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import ghidanh.access.Caller;
import ghidanh.registration.read.RegistrationId;
import ghidanh.registration.read.web.RegistrationBody;
import ghidanh.web.JsonFields;
import jakarta.validation.constraints.Min;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A student's wish for a section.
 *
 * @param shard where the student lives; null where uId says it, or where only one shard has a student of this number
 * @param uId the student's university; null where it is not needed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RegistrationRequest(
        @Nullable String shard,
        @Nullable @Min(1) Integer uId,
        @Min(1) int stno,
        @Min(1) int secNo) {

    static RegistrationRequest read(JsonFields fields) {
        return new RegistrationRequest(
                fields.optionalText("shard"),
                fields.optionalNumber("uId", Integer.MAX_VALUE),
                fields.number("stno"),
                fields.number("secNo"));
    }

    /** One of many, which must say where it belongs. */
    static RegistrationRequest readOneOfMany(JsonFields fields) {
        if (fields.value("uId") == null) {
            fields.require("shard");
        }
        return read(fields);
    }

    /** A student who does not say where they live has said so when they signed in. */
    RegistrationRequest by(Caller caller) {
        String own = caller.shard();
        return shard == null && uId == null && own != null && caller.isStudent(own, stno)
                ? new RegistrationRequest(own, null, stno, secNo)
                : this;
    }

    /**
     * The answer once the student has the section.
     *
     * @param of the shard that was found
     */
    RegistrationBody registered(String of, long regId, Instant createdAt, @Nullable Instant syncedAt) {
        return RegistrationBody.registered(new RegistrationId(of, regId), stno, secNo, createdAt, syncedAt);
    }
}
