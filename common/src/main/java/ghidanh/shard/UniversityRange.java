package ghidanh.shard;

import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The universities {@code first} to {@code last}, both included. Written {@code 1-10}, or {@code 7} for one.
 */
public record UniversityRange(int first, int last) {

    private static final Pattern TEXT = Pattern.compile("\\s*(\\d{1,9})\\s*(?:-\\s*(\\d{1,9})\\s*)?");

    public UniversityRange {
        if (first < 1 || last < first) {
            throw new IllegalArgumentException("range " + first + "-" + last + " is empty: first must be 1 or more,"
                    + " and last not below first");
        }
    }

    /** Reads {@code 1-10} or {@code 7}; configuration binds through this. */
    public static UniversityRange valueOf(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a range of universities such as 1-10 or 7");
        }
        int first = Integer.parseInt(matcher.group(1));
        return new UniversityRange(first, matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2)));
    }

    public boolean contains(int uId) {
        return first <= uId && uId <= last;
    }

    public boolean contains(UniversityRange other) {
        return first <= other.first && other.last <= last;
    }

    /** As PostgreSQL writes an int4multirange. */
    public static String multirange(Collection<UniversityRange> ranges) {
        return ranges.stream()
                .map(range -> "[" + range.first + "," + range.last + "]")
                .collect(Collectors.joining(",", "{", "}"));
    }

    boolean overlaps(UniversityRange other) {
        return first <= other.last && other.first <= last;
    }

    @Override
    public String toString() {
        return first == last ? String.valueOf(first) : first + "-" + last;
    }
}
