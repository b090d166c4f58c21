package ghidanh.benchmarks.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Processor time of what is measured, by its parts, as Linux tells it.
 *
 * @param seconds so far, by the part's name
 */
public record ProcessorTime(Map<String, Double> seconds) {

    private static final double TICKS_PER_SECOND = 100;

    /** @param parts each with the ids of its processes, whose descendants count, also those that have ended */
    public static ProcessorTime of(Map<String, List<Long>> parts) {
        Map<String, Double> seconds = new LinkedHashMap<>();
        parts.forEach((part, pids) ->
                seconds.put(part, pids.stream().mapToDouble(ProcessorTime::tree).sum()));
        return new ProcessorTime(seconds);
    }

    private static double tree(long pid) {
        Stream<Long> descendants = ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .map(ProcessHandle::pid);
        return ticks(pid, 4) + descendants.mapToDouble(child -> ticks(child, 2)).sum();
    }

    /** @param columns of /proc/pid/stat from utime on: 2 for its own time, 4 with its ended children's */
    private static double ticks(long pid, int columns) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return Stream.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "))
                            .skip(11)
                            .limit(columns)
                            .mapToLong(Long::parseLong)
                            .sum()
                    / TICKS_PER_SECOND;
        } catch (NoSuchFileException e) {
            return 0; // It has ended meanwhile, and counts with its parent.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public ProcessorTime since(ProcessorTime before) {
        Map<String, Double> passed = new LinkedHashMap<>();
        seconds.forEach((part, now) -> passed.put(part, now - before.seconds.getOrDefault(part, 0.0)));
        return new ProcessorTime(passed);
    }

    public double total() {
        return seconds.values().stream().mapToDouble(Double::doubleValue).sum();
    }
}
