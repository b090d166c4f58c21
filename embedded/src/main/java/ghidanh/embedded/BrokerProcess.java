package ghidanh.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A child JVM that runs {@link BrokerMain}. */
record BrokerProcess(Process process) {

    /** Launches the {@code java} that runs us with an argument file, since Windows limits the length of a command. */
    static BrokerProcess launch(Path argumentFile, Path log) throws IOException {
        var java = Path.of(
                System.getProperty("java.home"), "bin", Platform.current().executable("java"));
        return new BrokerProcess(new ProcessBuilder(java.toString(), "@" + argumentFile)
                .redirectError(log.toFile())
                .start());
    }

    /** Waits until the broker serves requests; false if it ends before or takes longer. */
    boolean awaitReady(Duration timeout) throws IOException {
        var ready = new CompletableFuture<Boolean>();
        var reader = new Thread(() -> read(ready), "kafka output");
        reader.setDaemon(true);
        reader.start();
        try {
            return ready.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IOException("Cannot read what the broker says", e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while Kafka started", e);
        }
    }

    /** Reads on after the word it waits for: a thread dump may come later and must not fill the pipe. */
    private void read(CompletableFuture<Boolean> ready) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals(BrokerMain.READY)) {
                    ready.complete(true);
                }
            }
            ready.complete(false);
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }

    /** Asks the broker to stop, and kills it if it has not done so in time. */
    void end(Duration timeout) throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
