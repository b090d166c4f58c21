package ghidanh.benchmarks.rush;

import ghidanh.benchmarks.Target;
import ghidanh.benchmarks.load.Answers;
import ghidanh.benchmarks.load.Clients;
import ghidanh.benchmarks.load.LoadedShard;
import ghidanh.benchmarks.load.MemoryWatch;
import ghidanh.benchmarks.load.Pairs;
import ghidanh.benchmarks.load.ProcessorTime;
import ghidanh.benchmarks.load.Requests;
import ghidanh.benchmarks.load.StudentTokens;
import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.StackSettings;
import ghidanh.embedded.StackSettings.PortChoice;
import ghidanh.embedded.Trees;
import ghidanh.servers.ServiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Measures the write path on registration day and prints a table of the targets. */
final class Rush {

    private static final String SHARD = "5433";
    private static final String LARGE = "5434";
    private static final int CONNECTIONS = 64;
    /** Four times as many as may wait. */
    private static final int OVERLOAD_CONNECTIONS = 4000;

    private static final int ROUNDS = 3;
    private static final int FIVE_MILLION = 5_000_000;
    private static final Duration ONE_RUN = Duration.ofSeconds(4);

    // A small server of its own; the rest is PostgreSQL's default, fsync and synchronous_commit on among it.
    static final Map<String, String> SERVER = Map.of(
            "shared_buffers", "512MB",
            "maintenance_work_mem", "256MB",
            "max_wal_size", "4GB",
            "checkpoint_timeout", "15min");

    private final List<Target> targets = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final long begin = System.nanoTime();
    private final Path directory;
    private final EmbeddedStack stack;
    private final LoadedShard shard;
    private final LoadedShard large;
    private final ServiceProcess service;
    private int runs;
    private int faultyRuns;
    private long registrations;
    private double peak;
    private double halfP99Millis;
    private int probed;

    private Rush(Path directory, EmbeddedStack stack, ServiceProcess service) {
        this.directory = directory;
        this.stack = stack;
        this.service = service;
        this.shard = new LoadedShard(stack.shard(SHARD));
        this.large = new LoadedShard(stack.shard(LARGE));
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory("ghidanh-rush-");
        var settings = StackSettings.in(directory.resolve("servers"))
                .withPorts(PortChoice.RANDOM)
                .withPostgresParameters(SERVER);
        var stack = EmbeddedStack.start(settings);
        // Not a finally: Ctrl-C shall leave nothing behind either.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stack, directory), "end"));
        boolean met;
        try (var service = RushedService.start(stack, directory.resolve("service"), "--ghidanh.relay.enabled=false")) {
            met = new Rush(directory, stack, service).run();
        }
        System.exit(met ? 0 : 1);
    }

    private static void end(EmbeddedStack stack, Path directory) {
        stack.close();
        try {
            Trees.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean run() throws Exception {
        Optional<Pgbench> pgbench = Pgbench.find(shard.cluster(), directory);
        notes.add("PostgreSQL " + shard.text("show server_version") + ", Java " + Runtime.version() + ", "
                + Runtime.getRuntime().availableProcessors() + " processors, "
                + (pgbench.isPresent() ? pgbench.get().version() : "no pgbench"));
        shard.load();
        large.load();
        say("%,d students and %,d sections on each shard", Pairs.STUDENTS, Pairs.SECTIONS);
        warmUp();
        peaks(pgbench);
        halfOfPeak();
        withTokens(pgbench);
        idle();
        overload();
        twoInstances();
        growth();
        withRelay();
        targets.add(new Target(
                "all runs but that with `kill -9`: seats taken = registrations = outbox rows, no section oversold, every 201 on the shard and given once, every 409 true when it came",
                "all",
                "%d of %d runs, %,d registrations".formatted(runs - faultyRuns, runs, registrations),
                faultyRuns == 0));
        System.out.println();
        Target.print(targets);
        System.out.println();
        notes.forEach(System.out::println);
        say("done");
        return targets.stream().allMatch(Target::met);
    }

    private void warmUp() throws IOException, SQLException {
        try (var clients = new Clients(SHARD, CONNECTIONS, service.port())) {
            for (int i = 0; i < 8; i++) {
                Answers answers = clients.rush(Pairs.from(Pairs::spread, i * Pairs.STUDENTS), ONE_RUN);
                say("warming up: %,.0f/s", answers.rate(Answers.CREATED));
            }
        }
    }

    private void peaks(Optional<Pgbench> pgbench) throws Exception {
        List<Double> pgbenchSpread = new ArrayList<>();
        List<Double> pgbenchHot = new ArrayList<>();
        List<Double> spread = new ArrayList<>();
        List<Double> hot = new ArrayList<>();
        try (var clients = new Clients(SHARD, CONNECTIONS, service.port())) {
            for (int round = 0; round < ROUNDS; round++) {
                if (pgbench.isPresent()) {
                    shard.empty();
                    pgbenchSpread.add(pgbench.get().spread(ONE_RUN));
                }
                spread.add(checked(clients, Pairs::spread).rate(Answers.CREATED));
                if (pgbench.isPresent()) {
                    shard.empty();
                    pgbenchHot.add(pgbench.get().hot(ONE_RUN));
                }
                hot.add(checked(clients, Pairs::hot).rate(Answers.CREATED));
            }
        }
        peak = mean(spread);
        againstPgbench("spread over 1,000 sections, 64 connections: accepted per second", 1.0, spread, pgbenchSpread);
        againstPgbench("three hot sections, 64 connections: accepted per second", 3.0, hot, pgbenchHot);
    }

    private void againstPgbench(String what, double wanted, List<Double> http, List<Double> pgbench) {
        String target = "at least %.1f x pgbench".formatted(wanted);
        if (pgbench.isEmpty()) {
            add(what, target, false, "not run: no pgbench; HTTP %,.0f", mean(http));
            return;
        }
        double ratio = mean(http) / mean(pgbench);
        add(
                what,
                target,
                ratio >= wanted,
                "%.2f x: %,.0f (%s), pgbench %,.0f (%s)",
                ratio,
                mean(http),
                words(http),
                mean(pgbench),
                words(pgbench));
    }

    /** A rush on the emptied shard, after which shard and answers must agree. */
    private Answers checked(Clients clients, Pairs pairs) throws IOException, SQLException {
        shard.empty();
        Answers answers = clients.rush(pairs, ONE_RUN);
        check(answers, pairs);
        return answers;
    }

    private void check(Answers answers, Pairs pairs) throws SQLException {
        check(answers, pairs, answers.lostCount());
    }

    /** @param others registrations that the clients may not know of */
    private void check(Answers answers, Pairs pairs, int others) throws SQLException {
        Verdict verdict = Verdict.of(shard, answers, pairs);
        boolean holds = verdict.holds(others);
        say("%s%s", verdict.words(), holds ? "" : " - WRONG");
        runs++;
        faultyRuns += holds ? 0 : 1;
        registrations += verdict.registrations();
    }

    private void halfOfPeak() throws IOException, SQLException {
        try (var clients = new Clients(SHARD, CONNECTIONS, service.port())) {
            halfP99Millis = tail("half the peak: p99 of an accepted request", clients, Pairs::spread, peak / 2);
        }
    }

    /** Milliseconds of the p99 when so many ask in a second, a target by itself. */
    private double tail(String what, Clients clients, Pairs pairs, double perSecond) throws IOException, SQLException {
        shard.empty();
        Answers answers = clients.steady(pairs, ONE_RUN.multipliedBy(2), perSecond);
        check(answers, pairs);
        double p50 = answers.acceptedMillis(0.5);
        double p99 = answers.acceptedMillis(0.99);
        add(
                what,
                "at most 3 x its p50",
                p99 <= 3 * p50,
                "%.1f x: p50 %.2f ms, p99 %.2f ms at %,.0f/s",
                p99 / p50,
                p50,
                p99,
                answers.rate(Answers.CREATED));
        return p99;
    }

    /** A thousand students who send their tokens, beside the same requests at the instance that asks nobody. */
    private void withTokens(Optional<Pgbench> pgbench) throws Exception {
        var tokens = new StudentTokens(SHARD);
        Path secured = directory.resolve("secured");
        try (var asking = RushedService.start(
                        stack,
                        secured,
                        "--ghidanh.relay.enabled=false",
                        "--ghidanh.access.mode=closed",
                        "--ghidanh.access.rates.STUDENT.per-second=1000",
                        "--ghidanh.access.rates.STUDENT.burst=1000",
                        "--spring.security.oauth2.resourceserver.jwt.public-key-location="
                                + tokens.publicKey(secured).toUri());
                var open = new Clients(SHARD, CONNECTIONS, service.port());
                var signed = new Clients(Requests.signed(SHARD, tokens), SHARD, CONNECTIONS, asking.port())) {
            for (int i = 0; i < 8; i++) {
                shard.empty();
                say(
                        "warming up with tokens: %,.0f/s",
                        signed.rush(Pairs::thousand, ONE_RUN).rate(Answers.CREATED));
            }
            List<Double> yardstick = new ArrayList<>();
            List<Double> without = new ArrayList<>();
            List<Double> with = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                if (pgbench.isPresent()) {
                    shard.empty();
                    yardstick.add(pgbench.get().spread(ONE_RUN));
                }
                without.add(checked(open, Pairs::thousand).rate(Answers.CREATED));
                with.add(checked(signed, Pairs::thousand).rate(Answers.CREATED));
            }
            againstPgbench("a thousand students with their tokens, spread: accepted per second", 1.0, with, yardstick);
            notes.add("The same without tokens, in turns: %,.0f (%s), so tokens cost %.0f %%"
                    .formatted(mean(without), words(without), 100 - 100 * mean(with) / mean(without)));
            tail("half that peak, with tokens: p99 of an accepted request", signed, Pairs::thousand, mean(with) / 2);
        }
    }

    private void idle() throws IOException, SQLException {
        shard.empty();
        double call = SingleCall.millis(shard, Duration.ofSeconds(2));
        try (var clients = new Clients(SHARD, 1, service.port())) {
            double http = clients.rush(Pairs::spread, Duration.ofSeconds(2)).acceptedMillis(0.5);
            add(
                    "idle: a single request, p50",
                    "at most 1.5 ms over the database call",
                    http - call <= 1.5,
                    "%.2f ms over: %.2f ms, the call %.2f ms",
                    http - call,
                    http,
                    call);
        }
    }

    private void overload() throws IOException, SQLException {
        shard.empty();
        try (var clients = new Clients(SHARD, OVERLOAD_CONNECTIONS, service.port());
                var probe = new Clients(SHARD, 1, service.port());
                var memory = new MemoryWatch(service.pid())) {
            Answers answers = clients.rush(Pairs::spread, ONE_RUN.multipliedBy(2));
            List<Long> megabytes = memory.megabytes();
            double backMillis = backToNormal(probe, answers);
            check(answers, Pairs::spread, answers.lostCount() + probed);
            int others = answers.count(code -> code != Answers.CREATED && code != Answers.BUSY);
            say(
                    "other statuses %d, lost %d, 503 without Retry-After %d",
                    others, answers.lostCount(), answers.withoutRetryAfterCount());
            int bad = others + answers.lostCount() + answers.withoutRetryAfterCount();
            add(
                    "overload, %,d connections that ask again at once: errors but 503 with Retry-After"
                            .formatted(OVERLOAD_CONNECTIONS),
                    "none",
                    bad == 0 && answers.count(Answers.BUSY) > 0,
                    "%d; %,d x 503; offered %,.0f/s = %.1f x the peak, accepted %,.0f/s",
                    bad,
                    answers.count(Answers.BUSY),
                    answers.rate(),
                    answers.rate() / peak,
                    answers.rate(Answers.CREATED));
            double p99 = answers.acceptedMillis(0.99);
            add("overload: p99 of the accepted ones", "at most 2 s", p99 <= 2000, "%.2f s", p99 / 1000);
            long early = megabytes.get(megabytes.size() / 4);
            long late = megabytes.get(megabytes.size() - 1);
            add(
                    "overload: the service's resident memory",
                    "flat: grows by at most 5 % after a quarter of the time",
                    late <= early * 1.05,
                    "%d MB, then %d MB",
                    early,
                    late);
            add(
                    "after the overload: all answers 201 within the p99 of half the peak",
                    "within 2 s",
                    backMillis <= 2000,
                    "after %.1f s",
                    backMillis / 1000);
        }
    }

    /** Milliseconds from the end of the load to the first tenth of a second in which all was normal. */
    private double backToNormal(Clients probe, Answers load) throws IOException {
        probed = 0;
        for (int look = 0; look < 100; look++) {
            long begun = System.nanoTime();
            Answers answers = probe.rush(Pairs.from(Pairs::spread, load.size() + probed), Duration.ofMillis(100));
            probed += answers.size();
            if (answers.count(Answers.CREATED) == answers.size() && answers.acceptedMillis(0.9) <= halfP99Millis) {
                return (begun - load.endedNanos()) / 1e6;
            }
        }
        return Double.POSITIVE_INFINITY;
    }

    private void twoInstances() throws Exception {
        try (var second = RushedService.start(stack, directory.resolve("second"), "--ghidanh.relay.enabled=false")) {
            try (var clients = new Clients(SHARD, CONNECTIONS, second.port())) {
                shard.empty();
                clients.rush(Pairs::spread, ONE_RUN);
            }
            shard.empty();
            shard.capacity(100, 2);
            try (var clients = new Clients(SHARD, CONNECTIONS, service.port(), second.port())) {
                Answers answers = checked(clients, Pairs::contested);
                Verdict verdict = Verdict.of(shard, answers, Pairs::contested);
                add(
                        "two instances on one shard, every pair asked for twice, sections filling up",
                        "every 201 once, nothing oversold, every 409 true",
                        verdict.holds(0) && verdict.full() > 0 && verdict.accepted() == verdict.registrations(),
                        "%s",
                        verdict.words());
            }
            shard.empty();
            shard.capacity(4000, 40);
            try (var clients = new Clients(SHARD, CONNECTIONS, service.port(), second.port())) {
                var kill = CompletableFuture.runAsync(
                        second::kill, CompletableFuture.delayedExecutor(ONE_RUN.toMillis() / 2, TimeUnit.MILLISECONDS));
                Answers answers = clients.rush(Pairs::contested, ONE_RUN);
                kill.join();
                Verdict verdict = Verdict.of(shard, answers, Pairs::contested);
                add(
                        "`kill -9` of one of two instances in the middle",
                        "every 201 that a client got is on the shard",
                        verdict.holds(answers.lostCount()) && answers.lostCount() > 0,
                        "%,d x 201, %d of them missing; %d requests unanswered, %d of them written",
                        verdict.accepted(),
                        verdict.acceptedAndMissing(),
                        answers.lostCount(),
                        verdict.registrations() - verdict.accepted());
            }
        }
        shard.plentyOfSeats();
    }

    private void growth() throws IOException, SQLException {
        large.fill(FIVE_MILLION);
        say("%,d registrations on the other shard", FIVE_MILLION);
        List<Double> empty = new ArrayList<>();
        List<Double> full = new ArrayList<>();
        List<Double> emptyRate = new ArrayList<>();
        List<Double> fullRate = new ArrayList<>();
        try (var small = new Clients(SHARD, CONNECTIONS, service.port());
                var big = new Clients(LARGE, CONNECTIONS, service.port())) {
            // The first run writes whole pages to the log, as after each checkpoint: more of them on the large table.
            shard.empty();
            double first = cost(big, large, 0, fullRate) / cost(small, shard, 0, emptyRate);
            notes.add("In the first seconds after a checkpoint it is %.2f x".formatted(first));
            for (int round = 1; round <= ROUNDS; round++) {
                shard.empty();
                empty.add(cost(small, shard, 0, emptyRate));
                full.add(cost(big, large, round, fullRate));
            }
        }
        double ratio = mean(full) / mean(empty);
        add(
                "processor time per accepted registration, service and database, with 5 million registrations",
                "at most 1.15 x that on an empty table",
                ratio <= 1.15,
                "%.2f x: %.0f us (%s), empty %.0f us (%s)",
                ratio,
                mean(full),
                words(full),
                mean(empty),
                words(empty));
        notes.add("Accepted per second on the empty table %,.0f, with 5 million registrations %,.0f"
                .formatted(mean(emptyRate), mean(fullRate)));
    }

    private double cost(Clients clients, LoadedShard on, int round, List<Double> rates) throws IOException {
        var parts = Map.of(
                "service",
                List.of(service.pid()),
                "database",
                List.of(on.cluster().pid()));
        var before = ProcessorTime.of(parts);
        Answers answers = clients.rush(Pairs.from(Pairs::spread, round * Pairs.STUDENTS), ONE_RUN);
        rates.add(answers.rate(Answers.CREATED));
        return ProcessorTime.of(parts).since(before).total() * 1e6 / answers.count(Answers.CREATED);
    }

    /** The relay of another instance takes the rows from the outbox meanwhile. */
    private void withRelay() throws Exception {
        try (var relaying = RushedService.start(stack, directory.resolve("relaying"));
                var clients = new Clients(SHARD, CONNECTIONS, service.port())) {
            shard.empty();
            clients.rush(Pairs::spread, ONE_RUN); // while the other instance gets going
            shard.empty();
            Answers answers = clients.rush(Pairs::spread, ONE_RUN);
            int accepted = answers.count(Answers.CREATED);
            long left = shard.number("select count(*) from outbox");
            notes.add(
                    "With the relay on, in another instance: accepted per second %,.0f; %,d of %,d outbox rows relayed at the end"
                            .formatted(answers.rate(Answers.CREATED), accepted - left, accepted));
        }
    }

    private void add(String what, String wanted, boolean met, String measured, Object... figures) {
        var target = new Target(what, wanted, String.format(Locale.ROOT, measured, figures), met);
        targets.add(target);
        say("%s: %s", target.what(), target.measured());
    }

    private static double mean(List<Double> figures) {
        return figures.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    private static String words(List<Double> figures) {
        return String.join(", ", figures.stream().map("%,.0f"::formatted).toList());
    }

    private void say(String message, Object... figures) {
        System.out.printf(
                Locale.ROOT,
                "[%5.1f s] %s%n",
                (System.nanoTime() - begin) / 1e9,
                String.format(Locale.ROOT, message, figures));
    }
}
