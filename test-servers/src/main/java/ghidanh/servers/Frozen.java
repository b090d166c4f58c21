package ghidanh.servers;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Processes that are stopped in the middle of whatever they do (SIGSTOP): their connections stay open, nobody answers. Those
 * that end meanwhile are no trouble.
 *
 * @param pids of the processes
 */
public record Frozen(List<Long> pids) {

    /** Nobody. */
    public static final Frozen NONE = new Frozen(List.of());

    public Frozen {
        pids = List.copyOf(pids);
    }

    /** Freezes a process and its descendants. */
    public static Frozen freeze(long pid) {
        signal("-STOP", pid); // first, since a server would start more sessions
        var pids = new ArrayList<>(List.of(pid));
        ProcessHandle.of(pid).stream().flatMap(ProcessHandle::descendants).forEach(process -> pids.add(process.pid()));
        pids.stream().skip(1).forEach(descendant -> signal("-STOP", descendant));
        return new Frozen(pids);
    }

    /** Lets them go on. */
    public void thaw() {
        pids.forEach(pid -> signal("-CONT", pid));
    }

    private static void signal(String signal, long pid) {
        try {
            var kill = new ProcessBuilder("kill", signal, Long.toString(pid))
                    .redirectErrorStream(true)
                    .start();
            var output = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (kill.waitFor() != 0 && ProcessHandle.of(pid).isPresent()) {
                throw new IllegalStateException("Cannot send " + signal + " to process " + pid + ": " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run kill", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new InterruptedIOException("Interrupted while sending " + signal));
        }
    }
}
