package ghidanh.registration.registration.web;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether the master has a registration's present state. */
enum SyncStatus {
    PENDING,
    SYNCED;

    static SyncStatus of(@Nullable Instant syncedAt) {
        return syncedAt == null ? PENDING : SYNCED;
    }
}
