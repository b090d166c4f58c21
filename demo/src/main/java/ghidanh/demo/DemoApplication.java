package ghidanh.demo;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Starts the demo from the command line and runs it until Ctrl-C. */
public class DemoApplication {

    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private DemoApplication() {}

    public static void main(String[] arguments) throws Exception {
        if (List.of(arguments).contains("--help")) {
            OUT.print(DemoSettings.USAGE);
            return;
        }
        // Until the services bring their own logging.
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        long begin = System.nanoTime();
        DemoSettings settings = settings(arguments);
        if (settings == null) {
            System.exit(2);
            return;
        }

        AtomicReference<@Nullable Demo> running = new AtomicReference<>();
        CountDownLatch started = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(running, started), "stop"));
        try {
            Demo demo = Demo.start(settings, step -> progress(begin, step));
            running.set(demo);
            OUT.printf(
                    "%n%s%nOpen %s . Ctrl-C stops everything; the data stay (--fresh starts over).%n",
                    demo.table(), demo.pageUrl());
        } catch (Exception e) {
            OUT.println("The demo did not start: " + e.getMessage());
            OUT.println("All of it is in the logs below " + settings.dataDirectory());
            LoggerFactory.getLogger(DemoApplication.class).error("The demo did not start", e);
            started.countDown();
            System.exit(1);
        }
        started.countDown();
        new CountDownLatch(1).await();
    }

    private static @Nullable DemoSettings settings(String[] arguments) {
        try {
            return DemoSettings.of(List.of(arguments));
        } catch (IllegalArgumentException e) {
            OUT.println(e.getMessage());
            OUT.print(DemoSettings.USAGE);
            return null;
        }
    }

    private static void progress(long begin, String step) {
        Duration time = Duration.ofNanos(System.nanoTime() - begin);
        OUT.printf(Locale.ROOT, "[%5.1f s] %s%n", time.toMillis() / 1000.0, step);
    }

    private static void stop(AtomicReference<@Nullable Demo> running, CountDownLatch started) {
        try {
            // Ctrl-C during the start: what is half started is stopped by the start itself or, at the latest, here.
            started.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Demo demo = running.get();
        if (demo != null) {
            OUT.println("Stopping...");
            demo.close();
            OUT.println("Stopped.");
        }
    }
}
