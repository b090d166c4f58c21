package ghidanh.registration.section;

import org.jspecify.annotations.Nullable;

/**
 * A section of the current term that a student does not have.
 *
 * @param secNo the shard's number of the section
 * @param instructor null where nobody is named yet
 * @param capacity seats of this shard, those that a registrar has added among them
 * @param seatsLeft at the moment of the answer
 * @param waiting students in its waiting list
 */
public record OpenSection(
        int secNo,
        int cNo,
        String courseName,
        int credits,
        String time,
        String hall,
        @Nullable String instructor,
        int capacity,
        int seatsLeft,
        int waiting) {}
