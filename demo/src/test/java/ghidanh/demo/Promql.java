package ghidanh.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What can be said of a PromQL expression without parsing it; whether it is one at all, promtool says. */
final class Promql {

    private static final Pattern STRING = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'");
    private static final Pattern SELECTION = Pattern.compile("\\{[^}]*}|\\[[^]]*]|\\boffset\\s+-?\\w+");
    private static final Pattern LABELS =
            Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)");
    /** A name that is neither the tail of a number nor a function. */
    private static final Pattern NAME = Pattern.compile("(?<![\\w:.])[a-zA-Z_:][\\w:]*(?!\\s*\\(|[\\w:])");

    private static final Set<String> WORDS =
            Set.of("and", "or", "unless", "bool", "inf", "nan", "by", "without", "atan2", "group_left", "group_right");

    /** A name that ends like a counter's, with the function around it, its matchers and its range, as far as they are there. */
    private static final Pattern COUNTER = Pattern.compile(
            "(?:(\\w+)\\s*\\(\\s*)?(?<![\\w:.])([a-zA-Z_]\\w*_(?:total|count|sum|bucket))\\b(?!\\s*\\()\\s*(\\{[^}]*})?\\s*(\\[)?");

    private static final Set<String> OVER_RESETS = Set.of("rate", "irate", "increase", "resets");
    private static final Pattern RANGE = Pattern.compile("\\[([^]]*)]");

    private Promql() {}

    /** Every metric that the expression reads, recorded ones (with a colon) included. */
    static Set<String> metricNames(String expression) {
        String bare = LABELS.matcher(
                        SELECTION.matcher(withoutStrings(expression)).replaceAll(" "))
                .replaceAll(" ");
        Set<String> names = new TreeSet<>();
        for (Matcher name = NAME.matcher(bare); name.find(); ) {
            if (!WORDS.contains(name.group().toLowerCase(Locale.ROOT))) {
                names.add(name.group());
            }
        }
        return names;
    }

    /** Counters read as they are: their value is the time since a restart, not what happened. */
    static List<String> bareCounters(String expression) {
        List<String> bare = new ArrayList<>();
        for (Matcher counter = COUNTER.matcher(withoutStrings(expression)); counter.find(); ) {
            String function = counter.group(1);
            if (function == null || !OVER_RESETS.contains(function) || counter.group(4) == null) {
                bare.add(counter.group(2));
            }
        }
        return bare;
    }

    /** The ranges in brackets, as written. */
    static List<String> ranges(String expression) {
        return RANGE.matcher(withoutStrings(expression))
                .results()
                .map((MatchResult range) -> range.group(1))
                .toList();
    }

    private static String withoutStrings(String expression) {
        return STRING.matcher(expression).replaceAll("''");
    }
}
