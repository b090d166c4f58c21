package ghidanh.registration.write;

/** Why a student did not get a section. */
public enum Refusal {
    SECTION_FULL,
    UNKNOWN_STUDENT,
    UNKNOWN_SECTION
}
