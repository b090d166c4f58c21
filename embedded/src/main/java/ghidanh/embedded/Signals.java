package ghidanh.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** SIGSTOP and SIGCONT, which Java cannot send. A stopped process keeps its connections and answers nothing. */
public final class Signals {

    private static final String STOP = "-STOP";
    private static final String CONTINUE = "-CONT";

    private Signals() {}

    /** Stops processes; those that have ended meanwhile are no trouble. */
    public static void stop(List<Long> pids) {
        send(STOP, pids);
    }

    /** Lets stopped processes go on; those that have ended meanwhile are no trouble. */
    public static void goOn(List<Long> pids) {
        send(CONTINUE, pids);
    }

    /** @throws IllegalStateException if there is no such process */
    static void stop(long pid) {
        require(send(STOP, List.of(pid)), pid);
    }

    /** @throws IllegalStateException if there is no such process */
    static void goOn(long pid) {
        require(send(CONTINUE, List.of(pid)), pid);
    }

    private static Command send(String signal, List<Long> pids) {
        var words = new ArrayList<>(List.of("kill", signal));
        pids.forEach(pid -> words.add(pid.toString()));
        try {
            return Command.run(words);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run " + words, e);
        }
    }

    private static void require(Command sent, long pid) {
        if (!sent.succeeded()) {
            throw new IllegalStateException("Cannot signal process " + pid + ": " + sent.output());
        }
    }
}
