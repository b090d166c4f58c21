package ghidanh.benchmarks.lag;

import ghidanh.benchmarks.Target;
import ghidanh.benchmarks.load.ProcessorTime;
import ghidanh.benchmarks.load.ScrapedLag;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Entry point of {@code benchmarks/lag}: the lag of a warm system at several rates, and what a registration costs. */
final class Lag {

    private static final Duration LEAD = Duration.ofSeconds(5);
    private static final Duration MEASURED = Duration.ofSeconds(20);
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final Duration WARM_UP = Duration.ofSeconds(60);
    private static final int WARM_UP_PER_SECOND = 200;
    private static final Duration HOT_WARM_UP = Duration.ofSeconds(30);
    private static final int HOT_WARM_UP_PER_SECOND = 1_000;
    private static final int PAUSED_PER_SECOND = 500;
    private static final double MOST_IDLE = 0.03; // of a core

    private static final List<Step> STEPS = List.of(
            new Step(200, new Wanted(2, 8, 2.5)),
            new Step(500, new Wanted(3, 12, Double.NaN)),
            new Step(1_000, new Wanted(4, 20, 1.2)),
            new Step(3_000, null));

    private final Ghidanh system;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Target> targets = new ArrayList<>();
    private final List<String> figures = new ArrayList<>();
    private final Path distributions = Path.of("benchmarks", "target", "lag");

    private Lag(Ghidanh system) throws IOException {
        this.system = system;
        Files.createDirectories(distributions);
    }

    /** A rate of both shards together. */
    private record Step(int perSecond, @Nullable Wanted wanted) {}

    /** Milliseconds at most; NaN where there is no target. */
    private record Wanted(double p50, double p99, double processorTime) {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0) {
            throw new IllegalArgumentException("benchmarks/lag takes no arguments");
        }
        System.exit(new Lag(new Ghidanh()).run() ? 0 : 1);
    }

    private boolean run() throws Exception {
        system.start();
        system.warmUp(WARM_UP_PER_SECOND, WARM_UP);
        system.warmUp(HOT_WARM_UP_PER_SECOND, HOT_WARM_UP);
        idle();
        for (Step step : STEPS) {
            measure(step);
        }
        pause();
        System.out.printf(
                Locale.ROOT,
                "%n%s; warmed up for %d s at %d/s and %d s at %,d/s%n%n",
                system.deployment().words(),
                WARM_UP.toSeconds(),
                WARM_UP_PER_SECOND,
                HOT_WARM_UP.toSeconds(),
                HOT_WARM_UP_PER_SECOND);
        System.out.println(
                "| at | accepted/s | answers p50/p95/p99/p99.9 ms | lag p50/p95/p99/p99.9 ms, by commit timestamps |"
                        + " lag p50/p99 ms, by its metric | processor time of a registration, ms |");
        System.out.println("|---|---|---|---|---|---|");
        figures.forEach(System.out::println);
        System.out.println();
        Target.print(targets);
        System.out.println("\nWhole distributions: " + distributions + "/*.hgrm");
        return targets.stream().allMatch(Target::met);
    }

    private void idle() throws InterruptedException {
        ProcessorTime before = system.deployment().processorTime();
        TimeUnit.MILLISECONDS.sleep(IDLE.toMillis());
        Map<String, Double> used =
                system.deployment().processorTime().since(before).seconds();
        double services = (used.getOrDefault("registration-service", 0.0) + used.getOrDefault("sync-consumer", 0.0))
                / IDLE.toSeconds();
        target("idle: both services", "less than 3 % of a core", services < MOST_IDLE, "%.1f %%", 100 * services);
    }

    private void measure(Step step) throws Exception {
        String at = "%,d/s".formatted(step.perSecond);
        Sample sample = row(at, step.perSecond);
        Wanted wanted = step.wanted;
        if (wanted == null) {
            return;
        }
        double p50 = Sample.millis(sample.lag().micros(), 50);
        double p99 = Sample.millis(sample.lag().micros(), 99);
        target(
                "lag at " + at + ", p50 and p99",
                "at most %.0f and %.0f ms".formatted(wanted.p50, wanted.p99),
                p50 <= wanted.p50 && p99 <= wanted.p99 && sample.lag().missing() == 0,
                "%.1f and %.1f ms, %,d missing",
                p50,
                p99,
                sample.lag().missing());
        target(
                "accepted at " + at,
                "all of them",
                sample.others() == 0 && sample.perSecond() >= 0.99 * step.perSecond,
                "%,.0f/s, %,d others",
                sample.perSecond(),
                sample.others());
        if (!Double.isNaN(wanted.processorTime)) {
            target(
                    "processor time of a registration at " + at + ", everything but the load",
                    "at most %.1f ms".formatted(wanted.processorTime),
                    sample.processorMillis() <= wanted.processorTime,
                    "%.2f ms",
                    sample.processorMillis());
        }
    }

    /** What queues while the registration-service stands still: answers count from when they were due. */
    private void pause() throws Exception {
        var registration = system.deployment().registration();
        var frozen = CompletableFuture.runAsync(
                registration::freeze,
                CompletableFuture.delayedExecutor(
                        LEAD.plus(MEASURED.dividedBy(2)).toMillis(), TimeUnit.MILLISECONDS));
        var thawed = frozen.thenRunAsync(registration::thaw, CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS));
        row("%,d/s, the registration-service frozen for 1 s".formatted(PAUSED_PER_SECOND), PAUSED_PER_SECOND);
        thawed.join();
    }

    private Sample row(String at, int perSecond) throws Exception {
        ScrapedLag before = metric();
        Sample sample = system.sample(perSecond, LEAD, MEASURED);
        ScrapedLag metric = metric().since(before);
        write("answers at " + at, sample.answers());
        write("lag at " + at, sample.lag().micros());
        String figure = String.format(
                Locale.ROOT,
                "| %s | %,.0f | %s | %s | %.1f / %.1f | %s |",
                at,
                sample.perSecond(),
                Sample.words(sample.answers()),
                Sample.words(sample.lag().micros()),
                metric.quantile(0.5),
                metric.quantile(0.99),
                sample.processorWords());
        System.out.println(figure);
        figures.add(figure);
        return sample;
    }

    private void write(String name, Histogram histogram) throws IOException {
        Path file = distributions.resolve(name.replaceAll("[^A-Za-z0-9]+", "-") + ".hgrm");
        try (var out = new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
            histogram.outputPercentileDistribution(out, 1_000.0); // in milliseconds
        }
    }

    private ScrapedLag metric() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        system.deployment().sync().address().resolve("/actuator/prometheus"))
                .build();
        String metrics = http.send(request, BodyHandlers.ofString()).body();
        return ScrapedLag.sum(Deployment.SHARDS.stream()
                .map(shard -> ScrapedLag.scraped(metrics, shard))
                .toList());
    }

    private void target(String what, String wanted, boolean met, String measured, Object... values) {
        targets.add(new Target(what, wanted, String.format(Locale.ROOT, measured, values), met));
    }
}
