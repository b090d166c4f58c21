package ghidanh.registration.section;

import jakarta.validation.constraints.AssertTrue;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * Which term students register for. Where nothing is set it is the latest that has sections.
 *
 * @param year set together with semester
 * @param semester set together with year
 */
@Validated
@ConfigurationProperties("ghidanh.registration.term")
record TermSettings(@Nullable Integer year, @Nullable Integer semester) {

    @AssertTrue(message = "ghidanh.registration.term.year and ghidanh.registration.term.semester go together") boolean isComplete() {
        return (year == null) == (semester == null);
    }

    Optional<Term> fixed() {
        return year == null || semester == null ? Optional.empty() : Optional.of(new Term(year, semester));
    }
}
