package ghidanh.benchmarks.lag;

import ghidanh.benchmarks.load.ProcessorTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * What came of registrations at a rate.
 *
 * @param accepted those of the lead among them
 * @param others answers that were no registration, and requests without an answer
 * @param perSecond accepted ones
 * @param answers microseconds from when a request was due to its answer, without the lead
 * @param lag of those counted
 * @param used processor time, until all had arrived
 */
record Sample(int accepted, int others, double perSecond, Histogram answers, CommitLag lag, ProcessorTime used) {

    private static final double[] SHARES = {50, 95, 99, 99.9};

    /** Processor time of a registration, everything but the load, in milliseconds. */
    double processorMillis() {
        return 1_000 * used.total() / accepted;
    }

    String processorWords() {
        return String.format(Locale.ROOT, "%.2f: ", processorMillis())
                + used.seconds().entrySet().stream()
                        .map(part -> String.format(
                                Locale.ROOT, "%s %.2f", part.getKey(), 1_000 * part.getValue() / accepted))
                        .collect(Collectors.joining(", "));
    }

    /** p50, p95, p99 and p99.9 in milliseconds. */
    static String words(Histogram micros) {
        List<String> words = new ArrayList<>();
        for (double share : SHARES) {
            words.add(String.format(Locale.ROOT, "%.1f", millis(micros, share)));
        }
        return String.join(" / ", words);
    }

    static double millis(Histogram micros, double share) {
        return micros.getValueAtPercentile(share) / 1_000.0;
    }
}
