package ghidanh.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker, which is its own controller, in a JVM of its own.
 *
 * <p>Topics and offsets stay when the broker stops. It also stops when this JVM ends in whatever way. Thread-safe.
 */
public final class KafkaBroker implements AutoCloseable {

    private static final int ATTEMPTS = 5;
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(20);

    private final KafkaSettings settings;
    private final BrokerFiles files;
    private @Nullable DirectoryLock lock;
    private @Nullable Process process;
    private int port;

    public KafkaBroker(KafkaSettings settings) {
        this.settings = settings;
        this.files = new BrokerFiles(settings.directory());
        this.port = settings.port();
    }

    /**
     * Starts the broker and waits until it serves requests. Does nothing if it runs already.
     *
     * @throws StartFailedException if it does not start; the message has the end of its log
     */
    public synchronized KafkaBroker start() {
        if (isRunning()) {
            return this;
        }
        try {
            own();
            startBroker();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start Kafka in " + settings.directory(), e);
        }
    }

    /**
     * Makes the directory this object's own: locked, and left by the broker of a killed run. {@link #close()} frees it.
     *
     * @throws StartFailedException if another running program uses it
     */
    public synchronized void own() throws IOException {
        if (lock == null) {
            lock = DirectoryLock.of(settings.directory());
        }
        if (!files.awaitRelease(STOP)) {
            throw new StartFailedException(
                    "A broker of an earlier run does not let go of " + settings.directory() + ": end its process");
        }
    }

    private void startBroker() throws IOException {
        for (int attempt = 1; ; attempt++) {
            if (port == 0) {
                port = Ports.free();
            }
            if (launch(Ports.free())) {
                return;
            }
            var failure = StartFailure.of(files.log().tail());
            if (attempt == ATTEMPTS || settings.port() != 0 || failure != StartFailure.PORT_TAKEN) {
                throw new StartFailedException(
                        "Kafka in " + settings.directory() + " did not start on port " + port + ". " + failure.cure(),
                        files.log().file());
            }
            port = 0;
        }
    }

    private boolean launch(int controllerPort) throws IOException {
        var started = files.command(port, controllerPort, settings).start();
        process = started;
        try {
            Poll.until(() -> files.isReady() || !started.isAlive(), START);
        } finally {
            if (!files.isReady()) {
                end(started);
            }
        }
        return files.isReady();
    }

    /** Stops the broker and frees the directory. Does nothing if it does not run. */
    public synchronized void stop() {
        try {
            if (process != null) {
                stop(process);
                process = null;
            }
            if (lock != null) {
                lock.close();
                lock = null;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot stop Kafka in " + settings.directory(), e);
        }
    }

    private static void stop(Process running) throws IOException {
        try {
            running.getOutputStream().close();
            Poll.until(() -> !running.isAlive(), STOP);
        } finally {
            end(running);
        }
    }

    private static void end(Process process) {
        process.destroyForcibly().onExit().join();
    }

    /**
     * Kills the broker as {@code kill -9} does and returns when it is gone; the next start recovers.
     *
     * @throws IllegalStateException if the broker does not run
     */
    public synchronized void kill() {
        end(running());
    }

    /** As {@link #stop()}. */
    @Override
    public void close() {
        stop();
    }

    public synchronized boolean isRunning() {
        return process != null && process.isAlive();
    }

    /**
     * Returns the process id of the broker's JVM.
     *
     * @throws IllegalStateException if the broker does not run
     */
    public synchronized long pid() {
        return running().pid();
    }

    private Process running() {
        if (process == null || !process.isAlive()) {
            throw new IllegalStateException("No broker runs in " + settings.directory());
        }
        return process;
    }

    /** Returns the port; before the first start the configured one, which may be 0. Later starts keep the first's. */
    public synchronized int port() {
        return port;
    }

    /** Returns what clients need as {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return Ports.HOST + ":" + port();
    }

    @Override
    public String toString() {
        return "Kafka at " + bootstrapServers() + " in " + settings.directory();
    }
}
