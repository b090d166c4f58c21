package ghidanh.chaos;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Sends signals to processes, some of which may have ended meanwhile. */
final class Signals {

    private Signals() {}

    static void stop(List<Long> pids) throws IOException, InterruptedException {
        send("-STOP", pids);
    }

    static void goOn(List<Long> pids) throws IOException, InterruptedException {
        send("-CONT", pids);
    }

    static void kill(List<Long> pids) throws IOException, InterruptedException {
        send("-KILL", pids);
    }

    private static void send(String signal, List<Long> pids) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("kill", signal));
        pids.forEach(pid -> command.add(pid.toString()));
        // Its exit code tells of processes that have ended, which is no trouble here.
        new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
