package ghidanh.registration.write.web;

import ghidanh.registration.read.Registration;
import ghidanh.registration.read.RegistrationId;
import ghidanh.registration.read.web.SyncStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A registration as the answer to whoever asked for it. */
record RegistrationBody(
        String id,
        String shard,
        int stno,
        int secNo,
        Instant createdAt,
        @Nullable Instant syncedAt,
        SyncStatus syncStatus) {

    static RegistrationBody of(RegistrationId id, int stno, int secNo, Instant createdAt, @Nullable Instant syncedAt) {
        return new RegistrationBody(
                id.toString(), id.shard(), stno, secNo, createdAt, syncedAt, SyncStatus.of(syncedAt));
    }

    static RegistrationBody of(Registration registration) {
        return of(
                registration.id(),
                registration.stno(),
                registration.secNo(),
                registration.createdAt(),
                registration.syncedAt());
    }
}
