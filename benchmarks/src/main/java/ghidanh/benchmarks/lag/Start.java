package ghidanh.benchmarks.lag;

import ghidanh.benchmarks.Target;
import ghidanh.benchmarks.load.Answers;
import ghidanh.benchmarks.load.LoadedShard;
import ghidanh.benchmarks.load.MemoryWatch;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Entry point of {@code benchmarks/start}: the first seconds of both services, each time in new processes. */
final class Start {

    private static final int PER_SECOND = 200;
    private static final int CONNECTIONS = 16; // of each shard
    private static final int CROWD = 32; // of each shard
    private static final Duration COLD = Duration.ofSeconds(30);
    private static final Duration COUNTED_FROM = Duration.ofSeconds(5);
    private static final Duration RUSH = Duration.ofSeconds(10);
    private static final int BACKLOG = 200_000;
    private static final int FIRST_OF_BACKLOG = 200_000; // place of the list of pairs
    private static final int MEMORY_PER_SECOND = 500;
    private static final Duration MEMORY = Duration.ofSeconds(30);
    private static final int SETTLE_SECONDS = 120;
    private static final double MICROS = 1e6;

    private final Deployment deployment;
    private final List<Target> targets = new ArrayList<>();

    private Start(Deployment deployment) {
        this.deployment = deployment;
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0) {
            throw new IllegalArgumentException("benchmarks/start takes no arguments");
        }
        var deployment = new Deployment();
        var start = new Start(deployment);
        int place = start.firstSeconds();
        start.crowd(place);
        start.backlog();
        start.memory();
        System.out.println("\n" + deployment.words() + "; no warm-up but what the services do before they are ready\n");
        Target.print(start.targets);
        System.exit(start.targets.stream().allMatch(Target::met) ? 0 : 1);
    }

    /** @return how far the list of pairs was asked for */
    private int firstSeconds() throws Exception {
        double ready = start();
        try (var load = new Load(deployment.registration().port(), CONNECTIONS)) {
            Map<String, Long> none = new LinkedHashMap<>();
            Deployment.SHARDS.forEach(shard -> none.put(shard, 0L));
            Load.Outcome outcome = load.steady(PER_SECOND, COLD);
            deployment.awaitMarks(SETTLE_SECONDS);
            long from = outcome.beganMicros() + TimeUnit.NANOSECONDS.toMicros(COUNTED_FROM.toNanos());
            Histogram answers = outcome.acceptedMicros(from);
            CommitLag lag = CommitLag.read(deployment, none, from);
            target(
                    "%d/s from readiness on, answers p99 from the fifth second on".formatted(PER_SECOND),
                    "at most 100 ms",
                    Sample.millis(answers, 99) <= 100 && outcome.others() == 0,
                    "%.0f ms, %d not accepted; ready after %.1f s",
                    Sample.millis(answers, 99),
                    outcome.others(),
                    ready);
            target(
                    "%d/s from readiness on, lag p99 from the fifth second on".formatted(PER_SECOND),
                    "at most 50 ms",
                    Sample.millis(lag.micros(), 99) <= 50 && lag.missing() == 0,
                    "%.0f ms, %d missing",
                    Sample.millis(lag.micros(), 99),
                    lag.missing());
            return load.place();
        } finally {
            deployment.stop();
        }
    }

    private void crowd(int place) throws IOException, SQLException, InterruptedException {
        start();
        try (var load = new Load(deployment.registration().port(), CROWD).from(place)) {
            Load.Outcome outcome = load.rush(RUSH);
            long[] perSecond = new long[(int) RUSH.toSeconds()];
            for (Answers each : outcome.answers()) {
                for (int i = 0; i < each.size(); i++) {
                    long second = (each.receivedMicros(i) - outcome.beganMicros()) / (long) MICROS;
                    if (each.status(i) == Answers.CREATED && second < perSecond.length) {
                        perSecond[(int) second]++;
                    }
                }
            }
            long best = 0;
            List<String> words = new ArrayList<>();
            for (long count : perSecond) {
                best = Math.max(best, count);
                words.add(String.format(Locale.ROOT, "%,d", count));
            }
            target(
                    "%d connections at once from readiness on: accepted in a second".formatted(2 * CROWD),
                    "at least 2,000 within 10 s",
                    best >= 2_000,
                    "%s",
                    String.join(", ", words));
            deployment.awaitMarks(SETTLE_SECONDS);
        } finally {
            deployment.stop();
        }
    }

    /** Registrations that were made while both services were away. */
    private void backlog() throws SQLException, InterruptedException {
        Map<String, Long> after = new LinkedHashMap<>();
        for (String name : Deployment.SHARDS) {
            LoadedShard shard = deployment.shard(name);
            after.put(name, shard.number("select max(reg_id) from registrations"));
            shard.insert(FIRST_OF_BACKLOG, BACKLOG / Deployment.SHARDS.size());
        }
        long began = Load.nowMicros();
        start();
        long unmarked = deployment.awaitMarks(SETTLE_SECONDS);
        CommitLag.Arrivals arrivals = CommitLag.arrivals(deployment, after);
        double first = (arrivals.firstMicros() - began) / MICROS;
        double last = (arrivals.lastMicros() - began) / MICROS;
        target("from starting both services to the first row of a backlog", "at most 6 s", first <= 6, "%.1f s", first);
        target(
                "%,d rows of a backlog, from starting both services".formatted(BACKLOG),
                "at most 16 s",
                last <= 16 && arrivals.rows() == BACKLOG,
                "%.1f s, %,d rows, %,d of them without a mark",
                last,
                arrivals.rows(),
                unmarked);
    }

    private void memory() throws Exception {
        try (var load = new Load(deployment.registration().port(), CONNECTIONS)
                        .from(FIRST_OF_BACKLOG + BACKLOG / Deployment.SHARDS.size());
                var registration = new MemoryWatch(deployment.registration().pid());
                var sync = new MemoryWatch(deployment.sync().pid())) {
            load.steady(MEMORY_PER_SECOND, MEMORY);
            long most = most(registration) + most(sync);
            target(
                    "resident memory of both services at %d/s".formatted(MEMORY_PER_SECOND),
                    "at most 600 MB",
                    most <= 600,
                    "%d MB",
                    most);
        }
    }

    private static long most(MemoryWatch watch) {
        return watch.megabytes().stream().mapToLong(Long::longValue).max().orElseThrow();
    }

    /** @return seconds until both are ready */
    private double start() {
        long began = System.nanoTime();
        deployment.start();
        return (System.nanoTime() - began) / 1e9;
    }

    private void target(String what, String wanted, boolean met, String measured, Object... values) {
        var target = new Target(what, wanted, String.format(Locale.ROOT, measured, values), met);
        System.out.println(target.what() + ": " + target.measured());
        targets.add(target);
    }
}
