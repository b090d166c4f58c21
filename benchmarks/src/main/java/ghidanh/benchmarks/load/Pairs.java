package ghidanh.benchmarks.load;

/** The endless list of students and sections that clients ask for. The first 300,000 are distinct in every list. */
@FunctionalInterface
public interface Pairs {

    int STUDENTS = 100_000;
    int SECTIONS = 1_000;
    int HOT_SECTIONS = 3;

    /** The pair at a place of the list. */
    Pair at(int place);

    /** A student's wish for a section. */
    record Pair(int stno, int secNo) {}

    /** Over all sections, in no order that an index would like. */
    static Pair spread(int place) {
        return new Pair((int) (place * 7919L % STUDENTS) + 1, (place / STUDENTS * 37 + place) % SECTIONS + 1);
    }

    /** As {@link #spread}, by a thousand students; a million are distinct. */
    static Pair thousand(int place) {
        int students = StudentTokens.STUDENTS;
        return new Pair((int) (place * 7919L % students) + 1, (place / students * 37 + place) % SECTIONS + 1);
    }

    /** Three sections, each asked for by every student. */
    static Pair hot(int place) {
        return new Pair(place / HOT_SECTIONS % STUDENTS + 1, place % HOT_SECTIONS + 1);
    }

    /** Every pair twice, one time after the other; of three one is for a hot section. */
    static Pair contested(int place) {
        int pair = place / 2;
        return pair % 3 == 0 ? hot(pair / 3) : new Pair((int) (pair * 7919L % STUDENTS) + 1, pair % 997 + 4);
    }

    /** A list from a later place on. */
    static Pairs from(Pairs list, int start) {
        return place -> list.at(start + place);
    }
}
