package ghidanh.registration.section;

import ghidanh.registration.read.Registration.Status;
import ghidanh.registration.write.RegistrationOutcome.Refused;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A student's current term.
 *
 * @param creditLimit null where there is none
 * @param own what the student has or waits for, by course name
 * @param offers what the student could ask for, by course name
 */
public record StudentTerm(@Nullable Integer creditLimit, List<OwnSection> own, List<Offer> offers) {

    static final StudentTerm NONE = new StudentTerm(null, List.of(), List.of());

    /**
     * A section, and what stands against the student's having it, seats apart.
     *
     * @param refused what the student would be told; null where nothing does
     */
    public record Offer(OpenSection section, @Nullable Refused refused) {}

    /** Credits of the sections that the student has. */
    public int credits() {
        return own.stream()
                .filter(section -> section.status() == Status.REGISTERED)
                .mapToInt(OwnSection::credits)
                .sum();
    }
}
