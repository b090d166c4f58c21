package ghidanh.benchmarks.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Looks at a process's resident memory twice a second, as Linux tells it. */
public final class MemoryWatch implements AutoCloseable {

    private final List<Long> megabytes = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    @SuppressWarnings("FutureReturnValueIgnored") // It ends with the process.
    public MemoryWatch(long pid) {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        timer.scheduleAtFixedRate(() -> megabytes.add(resident(status)), 0, 500, TimeUnit.MILLISECONDS);
    }

    private static long resident(Path status) {
        try (var lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public List<Long> megabytes() {
        return megabytes;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
