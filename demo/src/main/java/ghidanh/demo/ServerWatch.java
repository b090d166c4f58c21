package ghidanh.demo;

import ghidanh.embedded.EmbeddedStack;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Starts servers again that have died, as an operator would; a database server whose data are gone begins empty. */
class ServerWatch implements AutoCloseable {

    private static final long LOOK_MS = 1_000;
    private static final long LAST_START_SECONDS = 60;

    private final EmbeddedStack stack;
    private final Consumer<String> progress;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "server-watch");
        thread.setDaemon(true);
        return thread;
    });
    private Set<String> deadBefore = Set.of();

    ServerWatch(EmbeddedStack stack, Consumer<String> progress) {
        this.stack = stack;
        this.progress = progress;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // A look tells by itself what went wrong.
    void start() {
        clock.scheduleWithFixedDelay(this::look, LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            Set<String> dead = stack.dead();
            // Twice in a row: whoever kills a server may want to remove its data as well.
            if (!dead.isEmpty() && dead.equals(deadBefore)) {
                progress.accept("Not running, so started again: " + String.join(", ", dead));
                stack.startDead(progress);
                dead = Set.of();
            }
            deadBefore = dead;
        } catch (RuntimeException e) {
            progress.accept("Tried again in a second: " + e.getMessage());
        }
    }

    /** Returns when no server is being started any more. */
    @Override
    public void close() {
        clock.shutdown();
        try {
            if (!clock.awaitTermination(LAST_START_SECONDS, TimeUnit.SECONDS)) {
                progress.accept("A server is still being started");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
