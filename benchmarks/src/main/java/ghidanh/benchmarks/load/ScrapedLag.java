package ghidanh.benchmarks.load;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Registrations by the lag that sync-consumer measured, from the shard's commit to the master's: its histogram as scraped.
 *
 * @param upTo registrations whose lag is at most so many seconds
 */
public record ScrapedLag(NavigableMap<Double, Double> upTo) {

    private static final Pattern BUCKET =
            Pattern.compile("registration_sync_lag_seconds_bucket\\{(.*?)le=\"([^\"]+)\".*?} ([0-9.eE+]+)");

    public static ScrapedLag scraped(String metrics, String shard) {
        NavigableMap<Double, Double> upTo = new TreeMap<>();
        for (String line : metrics.lines().toList()) {
            Matcher bucket = BUCKET.matcher(line);
            if (bucket.lookingAt() && line.contains("shard=\"" + shard + "\"")) {
                String bound = bucket.group(2);
                upTo.put(
                        bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound),
                        Double.parseDouble(bucket.group(3)));
            }
        }
        return new ScrapedLag(upTo);
    }

    /** Those that came between two scrapes. */
    public ScrapedLag since(ScrapedLag earlier) {
        NavigableMap<Double, Double> rows = new TreeMap<>();
        upTo.forEach((bound, count) -> rows.put(bound, count - earlier.upTo.getOrDefault(bound, 0.0)));
        return new ScrapedLag(rows);
    }

    public static ScrapedLag sum(List<ScrapedLag> parts) {
        NavigableMap<Double, Double> rows = new TreeMap<>();
        parts.forEach(part -> part.upTo.forEach((bound, count) -> rows.merge(bound, count, Double::sum)));
        return new ScrapedLag(rows);
    }

    public double count() {
        return upTo.isEmpty() ? 0 : upTo.lastEntry().getValue();
    }

    /** In milliseconds, interpolated within its bucket, as Prometheus does. */
    public double quantile(double share) {
        double rank = share * count();
        double below = 0;
        double from = 0;
        for (Map.Entry<Double, Double> bucket : upTo.entrySet()) {
            if (bucket.getValue() >= rank && bucket.getValue() > below) {
                double width = bucket.getKey() - from;
                return 1_000 * (from + width * (rank - below) / (bucket.getValue() - below));
            }
            below = bucket.getValue();
            from = bucket.getKey();
        }
        throw new IllegalStateException("no registration was measured");
    }
}
