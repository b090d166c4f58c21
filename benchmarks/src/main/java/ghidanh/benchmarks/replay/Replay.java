package ghidanh.benchmarks.replay;

import ghidanh.benchmarks.Services;
import ghidanh.benchmarks.Target;
import ghidanh.benchmarks.load.ScrapedLag;
import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.StackSettings;
import ghidanh.embedded.StackSettings.PortChoice;
import ghidanh.embedded.Trees;
import ghidanh.registration.RegistrationServiceApplication;
import ghidanh.servers.ServiceProcess;
import ghidanh.servers.ServiceSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The lag of live registrations without and with a replay of the same shard, in turns. The replay is the hardest there is:
 * the master has none of its registrations.
 *
 * <p>{@code --rates=default,500,2000} measures several maxPerSecond in turns, {@code --rounds} and {@code --seconds} say
 * how long; other options go to sync-consumer.
 */
final class Replay {

    static final String SHARD = "5433";

    // As on a server of its own with 2 GB: the rest is PostgreSQL's default, fsync on among it.
    static final Map<String, String> SERVER = Map.of(
            "shared_buffers", "512MB",
            "maintenance_work_mem", "256MB",
            "max_wal_size", "4GB",
            "checkpoint_timeout", "15min");

    private static final int PER_SECOND = 150;
    private static final double MOST = 1.5;
    private static final int WARM_UP_ROUNDS = 3; // p99 still fell after the first minute of two JVMs
    private static final String USUAL = "default";
    private static final String LEFT = """
            select count(*) from registrations where shard_name = '5433'
            """;

    private final Consumer consumer;
    private final List<ScrapedLag> without = new ArrayList<>();
    private final Map<String, List<ScrapedLag>> with = new LinkedHashMap<>();
    private final long begin = System.nanoTime();
    private String from = "\"earliest\"";

    private Replay(Consumer consumer) {
        this.consumer = consumer;
    }

    public static void main(String[] arguments) throws Exception {
        List<String> others = new ArrayList<>(List.of(arguments));
        List<String> rates = List.of(option(others, "rates", USUAL).split(","));
        int rounds = Integer.parseInt(option(others, "rounds", "4"));
        int seconds = Integer.parseInt(option(others, "seconds", "20"));
        others.add("--ghidanh.sync.drift.interval=0");
        others.add("--ghidanh.sync.drift.watch=1h");

        Path directory = Files.createTempDirectory("ghidanh-replay-");
        var settings = StackSettings.in(directory.resolve("servers"))
                .withPorts(PortChoice.RANDOM)
                .withPostgresParameters(SERVER);
        boolean met;
        try (var stack = EmbeddedStack.start(settings);
                var consumer = Consumer.start(stack, directory.resolve("sync-consumer"), others);
                var service = new ServiceProcess(
                        ServiceSettings.of(RegistrationServiceApplication.class, directory.resolve("registration"))
                                .withJvmOptions("-Xmx512m")
                                .withArguments(Services.addresses(stack)))) {
            service.start();
            var rows = new Rows(stack.shard(SHARD), 10_000, 8_000, 40);
            var replay = new Replay(consumer);
            replay.fill(rows, stack);
            try (var load = new LiveLoad(service.address(), rows, PER_SECOND)) {
                for (int round = 0; round < WARM_UP_ROUNDS; round++) {
                    replay.phase(load, "warm-up", seconds, null);
                    replay.phase(load, "warm-up", seconds, rates.get(0));
                }
                replay.without.clear();
                replay.with.clear();
                for (int round = 0; round < rounds; round++) {
                    replay.phase(load, "without", seconds, null);
                    for (String rate : rates) {
                        replay.phase(load, "with " + rate, seconds, rate);
                    }
                }
            }
            met = replay.report();
        } finally {
            Trees.delete(directory);
        }
        System.exit(met ? 0 : 1);
    }

    static String option(List<String> arguments, String name, String otherwise) {
        String start = "--" + name + "=";
        String given = arguments.stream()
                .filter(argument -> argument.startsWith(start))
                .findFirst()
                .orElse(start + otherwise);
        arguments.remove(given);
        return given.substring(start.length());
    }

    /** Brings everything to the master by events, then takes the registrations away again: the topic alone has them. */
    private void fill(Rows rows, EmbeddedStack stack) throws SQLException, InterruptedException {
        rows.load();
        say("%,d registrations are on the shard", rows.registrations());
        try (Connection session = stack.master().connect(EmbeddedStack.DATABASE);
                var statement = session.createStatement()) {
            while (true) {
                try (var count = statement.executeQuery(LEFT)) {
                    count.next();
                    if (count.getInt(1) == rows.registrations()) {
                        break;
                    }
                }
                Thread.sleep(1_000);
            }
            statement.execute("truncate registrations");
            statement.execute("vacuum analyze");
            statement.execute("checkpoint");
        }
        say("the master has had them");
    }

    private void phase(LiveLoad load, String name, int seconds, @Nullable String rate) throws Exception {
        int refused = load.refused();
        @Nullable String job = rate == null ? null : consumer.start("/api/replays", order(rate));
        ScrapedLag before = consumer.lag(SHARD);
        Thread.sleep(seconds * 1_000L);
        ScrapedLag lag = consumer.lag(SHARD).since(before);
        String replayed = job == null ? "" : stop(job);
        if (load.refused() > refused || lag.count() < 0.9 * PER_SECOND * seconds) {
            throw new IllegalStateException("the live load was not kept up: " + lag.count() + " registrations in "
                    + seconds + " s, refused " + (load.refused() - refused));
        }
        (rate == null ? without : with.computeIfAbsent(rate, key -> new ArrayList<>())).add(lag);
        say(
                "%-14s %5.0f live, p50 %6.1f ms, p99 %6.1f ms%s",
                name, lag.count(), lag.quantile(0.5), lag.quantile(0.99), replayed);
    }

    private String order(String rate) {
        String limit = rate.equals(USUAL) ? "" : ", \"maxPerSecond\": " + rate;
        return "{\"shard\": \"" + SHARD + "\", \"from\": " + from
                + ", \"dryRun\": false, \"reason\": \"measurement\", \"requestedBy\": \"benchmark\"" + limit + "}";
    }

    /** Ends the replay; the next one goes on from here. */
    private String stop(String path) throws Exception {
        JsonNode job = consumer.job(path);
        if (!job.path("state").asString().equals("RUNNING")) {
            throw new IllegalStateException("the replay ended too early: " + job);
        }
        consumer.cancel(path);
        var offsets = new ArrayList<String>();
        job.path("offsets").path(SHARD).properties().forEach(span -> {
            offsets.add(
                    "\"" + span.getKey() + "\": " + span.getValue().path("next").longValue());
        });
        from = "{" + String.join(", ", offsets) + "}";
        return String.format(
                Locale.ROOT, "; replayed %.0f/s, %s", job.path("ratePerSecond").doubleValue(), job.path("counts"));
    }

    private boolean report() {
        ScrapedLag alone = ScrapedLag.sum(without);
        List<Target> targets = new ArrayList<>();
        with.forEach((rate, parts) -> {
            ScrapedLag beside = ScrapedLag.sum(parts);
            targets.add(target("p50", 0.5, rate, alone, beside));
            targets.add(target("p99", 0.99, rate, alone, beside));
        });
        System.out.println();
        Target.print(targets);
        return targets.stream().allMatch(Target::met);
    }

    private static Target target(String name, double share, String rate, ScrapedLag alone, ScrapedLag beside) {
        double ratio = beside.quantile(share) / alone.quantile(share);
        return new Target(
                String.format(
                        Locale.ROOT, "live lag %s at %d/s beside a replay, maxPerSecond %s", name, PER_SECOND, rate),
                String.format(Locale.ROOT, "at most %.1f x without", MOST),
                String.format(
                        Locale.ROOT,
                        "%.2f x (%.1f ms, without %.1f ms)",
                        ratio,
                        beside.quantile(share),
                        alone.quantile(share)),
                ratio <= MOST);
    }

    private void say(String format, Object... values) {
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf(Locale.ROOT, "[%5.1f s] %s%n", seconds, String.format(Locale.ROOT, format, values));
    }
}
