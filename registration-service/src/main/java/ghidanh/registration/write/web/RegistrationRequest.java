package ghidanh.registration.write.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import ghidanh.access.Caller;
import ghidanh.access.UserRole;
import ghidanh.registration.read.RegistrationId;
import ghidanh.registration.read.web.RegistrationBody;
import ghidanh.registration.write.Origin;
import ghidanh.registration.write.Registrar;
import ghidanh.registration.write.RegistrationOutcome;
import ghidanh.registration.write.RegistrationOutcome.Waiting;
import ghidanh.web.JsonFields;
import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A student's wish for a section.
 *
 * @param shard where the student lives; null where uId says it, or where only one shard has a student of this number
 * @param uId the student's university; null where it is not needed
 * @param waitlist whether to wait where there is no seat
 * @param overrideReason why a registrar sets every rule but the room aside; null where all hold
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RegistrationRequest(
        @Nullable String shard,
        @Nullable @Min(1) Integer uId,
        @Min(1) int stno,
        @Min(1) int secNo,
        @Nullable Boolean waitlist,

        @Nullable @Size(min = 1, max = JsonFields.LONGEST_REASON) String overrideReason) {

    static RegistrationRequest read(JsonFields fields) {
        return new RegistrationRequest(
                fields.optionalText("shard"),
                fields.optionalNumber("uId", Integer.MAX_VALUE),
                fields.number("stno"),
                fields.number("secNo"),
                fields.flag("waitlist", false),
                fields.optionalReason("overrideReason"));
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
                ? new RegistrationRequest(own, null, stno, secNo, waitlist, overrideReason)
                : this;
    }

    /**
     * Registers the student, who is within the caller's reach.
     *
     * @param of the shard that was found
     * @throws ghidanh.web.ProblemException if the rules are not this caller's to set aside
     */
    CompletableFuture<RegistrationOutcome> send(Registrar registrar, String of, Caller caller, Origin origin) {
        if (overrideReason == null) {
            return Boolean.TRUE.equals(waitlist)
                    ? registrar.registerOrWait(of, stno, secNo, origin)
                    : registrar.register(of, stno, secNo, origin);
        }
        if (!caller.is(UserRole.REGISTRAR) || caller.isStudent(of, stno)) {
            throw Problem.of(
                            ProblemCode.FORBIDDEN,
                            "Rules are set aside by registrars, and not for themselves. Nothing was changed.")
                    .exception();
        }
        return registrar.override(of, stno, secNo, overrideReason, origin);
    }

    /**
     * The answer once the student has the section.
     *
     * @param of the shard that was found
     */
    RegistrationBody registered(String of, long regId, Instant createdAt, @Nullable Instant syncedAt) {
        return RegistrationBody.registered(new RegistrationId(of, regId), stno, secNo, createdAt, syncedAt);
    }

    /**
     * The answer once the student is on the waiting list.
     *
     * @param of the shard that was found
     */
    RegistrationBody waiting(String of, Waiting waiting) {
        return RegistrationBody.waiting(
                new RegistrationId(of, waiting.regId()),
                stno,
                secNo,
                waiting.createdAt(),
                waiting.syncedAt(),
                waiting.place());
    }
}
