package ghidanh.registration.section;

import ghidanh.registration.read.Registration.Status;
import org.jspecify.annotations.Nullable;

/**
 * A section of the current term that a student has or waits for.
 *
 * @param id of the registration
 * @param secNo the shard's number of the section
 * @param status registered or waiting
 * @param place in the waiting list, from 1; null where the student has the seat
 */
public record OwnSection(
        String id,
        int secNo,
        String courseName,
        int credits,
        String time,
        String hall,
        Status status,
        @Nullable Integer place) {}
