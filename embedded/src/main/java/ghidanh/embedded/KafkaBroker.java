package ghidanh.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletionException;
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
    private @Nullable BrokerProcess broker;
    private @Nullable BrokerArchive archive;
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

    /** Makes the directory this object's own: locked, and left by the broker of a killed run. */
    synchronized void own() throws IOException {
        if (lock == null) {
            lock = DirectoryLock.of(settings.directory());
        }
        try {
            files.awaitRelease(STOP);
        } catch (CompletionException e) {
            throw new StartFailedException(
                    "A broker of an earlier run does not let go of " + settings.directory() + ": end its process", e);
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
            var failure = new BrokerFailure(LogTail.of(files.log()));
            if (attempt == ATTEMPTS || settings.port() != 0 || !failure.isPortTaken()) {
                throw new StartFailedException("Kafka in " + settings.directory() + " did not start on port " + port
                        + ". " + failure.cure() + "\nThe end of " + files.log() + ":\n" + failure.logTail());
            }
            port = 0;
        }
    }

    private boolean launch(int controllerPort) throws IOException {
        files.rotateLog();
        var classPath = BrokerClassPath.in(settings.cache());
        archive = BrokerArchive.of(classPath, settings.cache(), files.archive());
        var options = new ArrayList<>(archive.options());
        options.addAll(settings.jvmOptions());
        var properties = files.writeProperties(port, controllerPort, settings);
        broker = BrokerProcess.launch(files.writeArguments(classPath, options, properties), files.log());
        if (broker.awaitReady(START)) {
            return true;
        }
        broker.end(Duration.ZERO);
        return false;
    }

    /** Stops the broker and frees the directory. Does nothing if it does not run. */
    public synchronized void stop() {
        try {
            if (broker != null) {
                broker.end(STOP);
                broker = null;
            }
            if (archive != null) {
                archive.keep();
                archive = null;
            }
            if (lock != null) {
                lock.close();
                lock = null;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot stop Kafka in " + settings.directory(), e);
        }
    }

    /**
     * Kills the broker as {@code kill -9} does and returns when it is gone; the next start recovers.
     *
     * @throws IllegalStateException if the broker does not run
     */
    public synchronized void kill() {
        var running = process();
        running.destroyForcibly();
        running.onExit().join();
    }

    /**
     * Stops the broker in the middle of whatever it does: connections stay open, nobody answers.
     *
     * @throws IllegalStateException if the broker does not run
     */
    public synchronized void freeze() {
        Signals.stop(pid());
    }

    /**
     * Lets a frozen broker go on.
     *
     * @throws IllegalStateException if the broker does not run
     */
    public synchronized void thaw() {
        Signals.goOn(pid());
    }

    /** As {@link #stop()}. */
    @Override
    public void close() {
        stop();
    }

    public synchronized boolean isRunning() {
        return broker != null && broker.process().isAlive();
    }

    /**
     * Returns the process id of the broker's JVM.
     *
     * @throws IllegalStateException if the broker does not run
     */
    public synchronized long pid() {
        return process().pid();
    }

    private Process process() {
        if (broker == null || !broker.process().isAlive()) {
            throw new IllegalStateException("No broker runs in " + settings.directory());
        }
        return broker.process();
    }

    public String host() {
        return Ports.HOST;
    }

    /** Returns the port; before the first start the configured one, which may be 0. Later starts keep the first's. */
    public synchronized int port() {
        return port;
    }

    /** Returns what clients need as {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return Ports.HOST + ":" + port();
    }

    /** Returns the broker's log file. */
    public Path log() {
        return files.log();
    }

    @Override
    public String toString() {
        return "Kafka at " + bootstrapServers() + " in " + settings.directory();
    }
}
