package ghidanh.registration.read.web;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether the master has a registration's present state. */
public enum SyncStatus {
    PENDING,
    SYNCED;

    public static SyncStatus of(@Nullable Instant syncedAt) {
        return syncedAt == null ? PENDING : SYNCED;
    }
}
