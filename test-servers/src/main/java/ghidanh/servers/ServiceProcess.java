package ghidanh.servers;

import ghidanh.embedded.ChildJvm;
import ghidanh.embedded.Ports;
import ghidanh.embedded.StartFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Spring Boot service in a JVM of its own, to be killed or frozen.
 *
 * <p>It also stops when this JVM ends in whatever way. Thread-safe.
 */
public final class ServiceProcess implements AutoCloseable {

    private static final String READINESS = "/actuator/health/readiness";
    private static final Duration START = Duration.ofSeconds(120);
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final int PAUSE_MILLIS = 50;

    private final ServiceSettings settings;
    private final HttpClient client = HttpClient.newHttpClient();
    private @Nullable Process process;
    private Frozen frozen = Frozen.NONE;
    private int port;

    public ServiceProcess(ServiceSettings settings) {
        this.settings = settings;
        this.port = settings.port();
    }

    /**
     * Starts the service and waits until it says that it is ready. Does nothing if it runs already.
     *
     * @throws StartFailedException if it does not get ready; the message has the end of its log
     */
    public synchronized ServiceProcess start() {
        if (isRunning()) {
            return this;
        }
        if (port == 0) {
            port = Ports.free();
        }
        try {
            Files.createDirectories(settings.directory());
            process = launch();
            awaitReady(process);
            return this;
        } catch (IOException e) {
            stop();
            throw new UncheckedIOException("Cannot start " + this, e);
        } catch (InterruptedException e) {
            stop();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while " + this + " started", e);
        } catch (StartFailedException e) {
            stop();
            throw e;
        }
    }

    private Process launch() throws IOException {
        var options = new ArrayList<>(settings.jvmOptions());
        // Unless an argument says otherwise.
        options.add("-Dghidanh.access.mode=open");
        options.addAll(List.of("-cp", settings.classPath()));
        var arguments = new ArrayList<>(settings.arguments());
        // One port is enough for a process of a test.
        arguments.addAll(
                List.of("--server.address=" + Ports.HOST, "--management.server.port=" + port, "--server.port=" + port));
        return ChildJvm.command(settings.java(), options, settings.main(), arguments, file("java.args"))
                .directory(settings.directory().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
    }

    private void awaitReady(Process started) throws InterruptedException {
        long deadline = System.nanoTime() + START.toNanos();
        while (!isReady()) {
            if (started.waitFor(PAUSE_MILLIS, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                throw new StartFailedException(
                        this + (started.isAlive() ? " is not ready after " + START.toSeconds() + " s." : " has ended."),
                        log());
            }
        }
    }

    private boolean isReady() throws InterruptedException {
        try {
            var request = HttpRequest.newBuilder(address().resolve(READINESS)).timeout(ANSWER);
            return client.send(request.build(), BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false; // refused, reset or too slow: not yet; if never, its log says why
        }
    }

    /** Lets the service end what it has begun, and kills it if it has not ended in time. Does nothing if it does not run. */
    public synchronized void stop() {
        if (process == null || !process.isAlive()) {
            return;
        }
        thaw();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
            }
        } catch (IOException e) {
            kill();
            throw new UncheckedIOException("Cannot stop " + this + " but by killing it", e);
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Kills the service as {@code kill -9} does and returns when it is gone.
     *
     * @throws IllegalStateException if the service does not run
     */
    public synchronized void kill() {
        running().destroyForcibly().onExit().join();
        frozen = Frozen.NONE;
    }

    /**
     * Stops the service in the middle of whatever it does: connections stay open, nobody answers.
     *
     * @throws IllegalStateException if the service does not run
     */
    public synchronized void freeze() {
        frozen = Frozen.freeze(pid());
    }

    /** Lets a frozen service go on. */
    public synchronized void thaw() {
        frozen.thaw();
        frozen = Frozen.NONE;
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
     * Returns the id of the service's process.
     *
     * @throws IllegalStateException if the service does not run
     */
    public synchronized long pid() {
        return running().pid();
    }

    private Process running() {
        if (process == null || !process.isAlive()) {
            throw new IllegalStateException(this + " does not run");
        }
        return process;
    }

    /** Returns the port; before the first start the configured one, which may be 0. Later starts keep the first's. */
    public synchronized int port() {
        return port;
    }

    /** Returns where the service answers, without a path. */
    public URI address() {
        return URI.create("http://" + Ports.HOST + ":" + port());
    }

    /** Returns the log file; a restarted service writes on in it. */
    public Path log() {
        return file("service.log");
    }

    private Path file(String name) {
        return settings.directory().resolve(name);
    }

    @Override
    public String toString() {
        return settings.main().substring(settings.main().lastIndexOf('.') + 1) + " at " + address();
    }
}
