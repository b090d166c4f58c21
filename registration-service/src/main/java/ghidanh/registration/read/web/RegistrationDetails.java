package ghidanh.registration.read.web;

import ghidanh.registration.read.Registration;
import ghidanh.registration.read.Registration.Section;
import ghidanh.registration.read.Registration.Status;
import ghidanh.registration.read.Registrations.Found;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A registration with all that shard and master know; what could not be asked is said. */
record RegistrationDetails(
        String id,
        String shard,
        int stno,
        int secNo,
        String studentName,
        Section section,
        Status status,
        Instant createdAt,
        @Nullable Instant syncedAt,
        SyncStatus syncStatus,
        @Nullable Long latencyMs,
        @Nullable Long masterRegId,
        boolean shardAvailable,
        boolean masterAvailable) {

    static RegistrationDetails of(Found found) {
        Registration r = found.registration();
        return new RegistrationDetails(
                r.id().toString(),
                r.id().shard(),
                r.stno(),
                r.secNo(),
                r.studentName(),
                r.section(),
                r.status(),
                r.createdAt(),
                r.syncedAt(),
                SyncStatus.of(r.syncedAt()),
                r.latencyMs(),
                r.masterRegId(),
                found.shardAvailable(),
                found.masterAvailable());
    }
}
