package ghidanh.embedded;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Runs actions at once. */
public final class Parallel {

    private Parallel() {}

    /**
     * Runs named actions in a thread each and waits until all have ended, also after one has failed.
     *
     * @throws RuntimeException the first failure, with the others as suppressed ones
     */
    public static void run(Map<String, Runnable> actions) {
        var running = actions.entrySet().stream()
                .map(action -> CompletableFuture.runAsync(action.getValue(), task -> start(action.getKey(), task)))
                .toList();
        RuntimeException failure = null;
        for (var one : running) {
            try {
                one.join();
            } catch (CompletionException e) {
                failure = joined(failure, e.getCause() instanceof RuntimeException cause ? cause : e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static void start(String name, Runnable task) {
        var thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static RuntimeException joined(@Nullable RuntimeException first, RuntimeException next) {
        if (first == null) {
            return next;
        }
        first.addSuppressed(next);
        return first;
    }
}
