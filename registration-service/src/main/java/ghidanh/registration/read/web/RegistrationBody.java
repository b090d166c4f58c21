package ghidanh.registration.read.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import ghidanh.registration.database.Times;
import ghidanh.registration.read.Registration;
import ghidanh.registration.read.Registration.Section;
import ghidanh.registration.read.Registration.Status;
import ghidanh.registration.read.RegistrationId;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A registration as every answer shows it.
 *
 * @param studentName left out, as the section, in the answer to a registration, which looks up neither
 * @param place where a student who waits stands in the section's list, from 1; left out else
 * @param latencyMs from createdAt to syncedAt
 * @param masterRegId null where the master has none, and in the answer to a registration
 */
public record RegistrationBody(
        String id,
        String shard,
        int stno,
        int secNo,
        @JsonInclude(Include.NON_NULL) @Nullable String studentName,
        @JsonInclude(Include.NON_NULL) @Nullable Section section,
        Status status,
        @JsonInclude(Include.NON_NULL) @Nullable Integer place,
        Instant createdAt,
        @Nullable Instant syncedAt,
        SyncStatus syncStatus,
        @Nullable Long latencyMs,
        @Nullable Long masterRegId) {

    /** Whether the master has a registration's present state. */
    public enum SyncStatus {
        PENDING,
        SYNCED
    }

    static RegistrationBody of(Registration r) {
        return new RegistrationBody(
                r.id().toString(),
                r.id().shard(),
                r.stno(),
                r.secNo(),
                r.studentName(),
                r.section(),
                r.status(),
                r.place(),
                r.createdAt(),
                r.syncedAt(),
                status(r.syncedAt()),
                latencyMs(r.createdAt(), r.syncedAt()),
                r.masterRegId());
    }

    /** Of a student who has the section, as the shard's answer to the request says. */
    public static RegistrationBody registered(
            RegistrationId id, int stno, int secNo, Instant createdAt, @Nullable Instant syncedAt) {
        return answer(id, stno, secNo, Status.REGISTERED, null, createdAt, syncedAt);
    }

    /** Of a student who waits for the section, as the shard's answer to the request says. */
    public static RegistrationBody waiting(
            RegistrationId id, int stno, int secNo, Instant createdAt, @Nullable Instant syncedAt, int place) {
        return answer(id, stno, secNo, Status.WAITING, place, createdAt, syncedAt);
    }

    private static RegistrationBody answer(
            RegistrationId id,
            int stno,
            int secNo,
            Status status,
            @Nullable Integer place,
            Instant createdAt,
            @Nullable Instant syncedAt) {
        return new RegistrationBody(
                id.toString(),
                id.shard(),
                stno,
                secNo,
                null,
                null,
                status,
                place,
                createdAt,
                syncedAt,
                status(syncedAt),
                latencyMs(createdAt, syncedAt),
                null);
    }

    private static SyncStatus status(@Nullable Instant syncedAt) {
        return syncedAt == null ? SyncStatus.PENDING : SyncStatus.SYNCED;
    }

    /** The clocks are two, so a negative difference counts as 0. */
    private static @Nullable Long latencyMs(Instant createdAt, @Nullable Instant syncedAt) {
        return syncedAt == null || !Times.isFinite(createdAt) || !Times.isFinite(syncedAt)
                ? null
                : Long.valueOf(Math.max(0, Duration.between(createdAt, syncedAt).toMillis()));
    }
}
