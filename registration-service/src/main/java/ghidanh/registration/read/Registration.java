package ghidanh.registration.read;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A registration, with what shard and master know about it.
 *
 * @param stno the shard's number of the student
 * @param secNo the shard's number of the section
 * @param createdAt when the student registered, by the shard's clock
 * @param version grows with every change on the shard
 * @param syncedAt when the master got this state, by the master's clock; null as long as it has not got it
 * @param place where the student stands in the section's waiting list, from 1; null: does not wait
 * @param masterRegId the master's number; null as long as the master has no state of it, or cannot be asked
 */
public record Registration(
        RegistrationId id,
        int stno,
        int secNo,
        String studentName,
        Section section,
        Status status,
        @Nullable Integer place,
        Instant createdAt,
        long version,
        @Nullable Instant syncedAt,
        @Nullable Long masterRegId) {

    /** Whether the student has the seat, has given it back or waits for one. */
    public enum Status {
        REGISTERED,
        WITHDRAWN,
        WAITING
    }

    /** What the section is to people. */
    public record Section(String courseName, int year, int semester, String time, String hall) {}

    public boolean synced() {
        return syncedAt != null;
    }

    Cursor cursor() {
        return new Cursor(createdAt, id.shard(), id.regId());
    }

    /**
     * This state as the shard has it, with what the master, asked afterwards, says about it: whatever the shard's mark says, only
     * what the master shows is synced.
     *
     * @param master null if it has nothing under this number
     */
    Registration with(@Nullable MasterState master) {
        if (master == null) {
            return with(null, null);
        }
        if (isShownBy(master)) {
            return with(master.syncedAt(), master.regId());
        }
        // Under a newer state that is not this one there is another registration.
        return with(null, master.version() < version ? Long.valueOf(master.regId()) : null);
    }

    private Registration with(@Nullable Instant onMasterSince, @Nullable Long onMasterAs) {
        return new Registration(
                id, stno, secNo, studentName, section, status, place, createdAt, version, onMasterSince, onMasterAs);
    }

    /**
     * Whether this is what the master has. A higher version alone does not say so: a shard that went back in time gives number
     * and version to another registration.
     */
    private boolean isShownBy(MasterState master) {
        return master.createdAt().equals(createdAt)
                && (master.version() == version || (master.version() > version && master.status() == status));
    }

    /**
     * What the master has of a registration.
     *
     * @param version of the state that it has
     */
    record MasterState(long regId, Instant syncedAt, long version, Instant createdAt, Status status) {}
}
