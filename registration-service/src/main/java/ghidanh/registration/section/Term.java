package ghidanh.registration.section;

import java.util.Comparator;

/** A term of a year; later terms are greater. */
public record Term(int year, int semester) implements Comparable<Term> {

    private static final Comparator<Term> ORDER =
            Comparator.comparingInt(Term::year).thenComparingInt(Term::semester);

    @Override
    public int compareTo(Term other) {
        return ORDER.compare(this, other);
    }
}
