package ghidanh.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.chaos.Inspection.Findings;
import ghidanh.chaos.Inspection.Waiting;
import ghidanh.chaos.RunningSystem.Machine;
import ghidanh.embedded.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Rounds of faults under load. After each the writers stop, and everything must be on the master and marked within 30 s of
 * the last fault's end, or 60 s where a database went back in time, without anyone's help.
 */
class ChaosIT {

    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Duration GRACE_OF_THE_PAST = Duration.ofSeconds(60);
    // Beyond the grace it is a violation; whether it would heal at all is still worth knowing.
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final long PAUSE_MILLIS = 200;
    private static final int HEAP_MEGABYTES = 256;

    private final long seed = seed();
    private final int rounds = Integer.getInteger("chaos.rounds", 2);
    private final int faults = Integer.getInteger("chaos.faults", 10);
    private final Duration window = Duration.ofSeconds(Integer.getInteger("chaos.window", 50));
    private final int rate = Integer.getInteger("chaos.rate", 150);

    private static long seed() {
        String given = System.getProperty("chaos.seed", "1");
        return given.equals("random") ? ThreadLocalRandom.current().nextInt(1_000_000) : Long.parseLong(given);
    }

    @Test
    void nothing_is_lost_whatever_fails_and_whenever() throws Exception {
        Path directory = Path.of("target", "chaos").toAbsolutePath();
        List<String> violations = new ArrayList<>();
        try (var report = new Report(directory.resolve("report.txt"))) {
            report.line("seed " + seed + ": " + rounds + " rounds of " + faults + " faults within " + window.toSeconds()
                    + " s, " + rate + " requests/s; again with -Dchaos.seed=" + seed);
            Path data = directory.resolve("system-" + ProcessHandle.current().pid());
            try (var system = new RunningSystem(data, HEAP_MEGABYTES, Machine.TOUCHED)) {
                var stop = new Thread(() -> stop(system));
                Runtime.getRuntime().addShutdownHook(stop);
                run(system, report, violations);
                Runtime.getRuntime().removeShutdownHook(stop);
            }
            keepLogs(data);
            report.line(violations.isEmpty() ? "No violation." : violations.size() + " VIOLATIONS");
        }
        assertThat(violations).as("violations with seed %d", seed).isEmpty();
    }

    private static void stop(RunningSystem system) {
        try {
            system.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void run(RunningSystem system, Report report, List<String> violations) throws Exception {
        Instant begin = Instant.now();
        var history = new History();
        var ledger = new Ledger(history);
        var topics = new KafkaTopics(system, history);
        var victims = new Victims(system, topics, history);
        var inspection = new Inspection(system, ledger, history, topics);
        var registrar = new Registrar(system);
        var load = new Load(system, SampleRows.make(system), ledger, seed, rate);
        Duration slowest = Duration.ZERO;
        Findings last = new Findings();
        try (var watch = new Watch(system, ledger, history)) {
            int number = 0;
            for (List<Fault> planned : Schedule.of(seed, rounds, faults, window).rounds()) {
                number++;
                load.begin(number);
                try {
                    new Round(number, planned, victims, report).run();
                } finally {
                    load.end();
                }
                long ended = System.nanoTime();
                Settled settled = settle(inspection, ended);
                List<String> found = new ArrayList<>(settled.findings().unnamed);
                Duration grace = history.doubtful().isEmpty() ? GRACE : GRACE_OF_THE_PAST;
                last = cleanUp(inspection, registrar, history.doubtful(), settled.findings());
                found.addAll(inspection.eventsMissing());
                history.settled();
                inspection.settleLedger();
                slowest = settled.marks().compareTo(slowest) > 0 ? settled.marks() : slowest;
                found.addAll(last.violations());
                if (settled.marks().compareTo(grace) > 0) {
                    found.add("marks were complete only after " + settled.marks());
                }
                if (settled.all().compareTo(grace) > 0) {
                    found.add("the master was complete only after " + settled.all());
                }
                report.line(String.format(
                        Locale.ROOT,
                        "round %d: all marks %.1f s after the last fault's end, all rows compared after %.1f s; %s",
                        number,
                        settled.marks().toMillis() / 1000.0,
                        settled.all().toMillis() / 1000.0,
                        found.isEmpty() ? "no violation" : found.size() + " violations"));
                for (String violation : found) {
                    report.line("  VIOLATION " + violation);
                    violations.add("round " + number + ": " + violation);
                }
            }
            watch.close();
            Stream.concat(watch.violations().stream().distinct(), tooLittle(ledger, last, watch.rows()).stream())
                    .forEach(violation -> {
                        report.line("VIOLATION " + violation);
                        violations.add(violation);
                    });
            summary(report, ledger, last, watch.rows(), slowest, begin);
        }
    }

    /** How long marks and rows took from the end of the last fault, and what was found then. */
    private record Settled(Duration marks, Duration all, Findings findings) {}

    /** The writers' last answers may come after {@code ended}; that time counts. */
    private static Settled settle(Inspection inspection, long ended) throws Exception {
        Duration marks = PATIENCE;
        while (since(ended).compareTo(PATIENCE) < 0) {
            if (isOver(inspection)) {
                marks = since(ended);
                break;
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        Findings findings = inspection.inspect();
        while (!findings.agreeButForExtra() && since(ended).compareTo(PATIENCE) < 0) {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            findings = inspection.inspect();
        }
        return new Settled(marks, since(ended), findings);
    }

    /** A person lets the master forget what the shards have lost, again while that leaves something, as students do. */
    private static Findings cleanUp(Inspection inspection, Registrar registrar, Set<String> shards, Findings found)
            throws Exception {
        long begin = System.nanoTime();
        Findings findings = found;
        while (!shards.isEmpty() && !findings.agree() && since(begin).compareTo(PATIENCE) < 0) {
            for (String shard : shards) {
                registrar.removeExtra(shard);
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            findings = inspection.inspect();
        }
        return findings;
    }

    private static boolean isOver(Inspection inspection) throws SQLException {
        Waiting waiting = inspection.waiting();
        return waiting.isOver();
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    /**
     * A run in which little happened shows little. The floors are a small part of what a run of {@code docs/chaos.md} has,
     * so that a slow machine reaches them.
     */
    private List<String> tooLittle(Ledger ledger, Findings last, Map<String, Long> watched) {
        long planned = rate * window.toSeconds() * rounds;
        Map<String, Long> seen = new LinkedHashMap<>();
        seen.put("answers 201", ledger.created.sum());
        seen.put("seats told to clients", last.told);
        seen.put("changes by SQL", ledger.bySql.sum());
        last.registrations.forEach(compared -> seen.put(compared.what(), compared.onMaster()));
        List<String> found = new ArrayList<>();
        if (watched.size() != 4 * Targets.SHARDS.size()) {
            found.add("only watched: " + watched.keySet());
        }
        seen.forEach((what, count) -> atLeast(planned / 20, what, count, found));
        // Of new marks and rows all are looked at, of the rest some in each look; none while a database is away.
        watched.forEach((what, rows) -> {
            long there = last.registrations.stream()
                    .filter(compared -> lastWord(compared.what()).equals(lastWord(what)))
                    .mapToLong(Comparison::onMaster)
                    .sum();
            boolean all = what.startsWith("marked") || what.startsWith("on the master");
            atLeast(there / (all ? 10 : 100), "rows watched " + what, rows, found);
        });
        atLeast(planned / 100, "times 200 to a repetition", ledger.repeated.sum(), found);
        atLeast(planned / 100, "withdrawals", ledger.withdrawn.sum(), found);
        atLeast(planned / 1_000, "times full", ledger.full.sum(), found);
        return found;
    }

    /** The shard's name. */
    private static String lastWord(String what) {
        return what.substring(what.lastIndexOf(' ') + 1);
    }

    private static void atLeast(long floor, String what, long count, List<String> found) {
        if (count < floor) {
            found.add(String.format(Locale.ROOT, "%,d %s, at least %,d must be", count, what, floor));
        }
    }

    private static void summary(
            Report report, Ledger ledger, Findings last, Map<String, Long> watched, Duration slowest, Instant begin) {
        report.line(String.format(
                Locale.ROOT,
                "Writers: %,d answers 201, %,d times 200 to a repetition, %,d withdrawals, %,d times full, "
                        + "%,d unknown (503 or no answer); %,d changes by SQL",
                ledger.created.sum(),
                ledger.repeated.sum(),
                ledger.withdrawn.sum(),
                ledger.full.sum(),
                ledger.unknown.sum(),
                ledger.bySql.sum()));
        report.line("(1) every shard row on the master once, (2) nothing else there:");
        Stream.of(last.registrations, last.others)
                .flatMap(List::stream)
                .forEach(comparison -> report.line("    " + comparison));
        report.line(String.format(
                Locale.ROOT,
                "(3) %,d marks on the shards, %d without their row on the master; %,d rows watched during the faults:",
                last.marked,
                last.markedTooEarly,
                watched.values().stream().mapToLong(Long::longValue).sum()));
        new TreeMap<>(watched)
                .forEach((what, rows) -> report.line(String.format(Locale.ROOT, "    %,d %s", rows, what)));
        report.line(String.format(
                Locale.ROOT,
                "(4) all marks set at most %.1f s after a round's last fault",
                slowest.toMillis() / 1000.0));
        report.line(String.format(
                Locale.ROOT,
                "(5) of %,d registrations told to clients shards lost %,d when they went back: %,d are named, %,d the master "
                        + "had not got either; %,d dead letters tell numbers of such",
                ledger.told().size(),
                last.named + last.unknowable,
                last.named,
                last.unknowable,
                last.numbered));
        report.line(String.format(
                Locale.ROOT,
                "%,d seats told to clients, %d of them not so on the shard; %d sections oversold; %d dead letters; "
                        + "%.1f minutes of load and faults",
                last.told,
                last.lost.size(),
                last.oversold,
                last.deadLetters,
                Duration.between(begin, Instant.now()).toSeconds() / 60.0));
    }

    /** The data are of no use any more; what the services wrote may be. */
    private static void keepLogs(Path data) throws IOException {
        try (Stream<Path> directories = Files.walk(data, 2)) {
            for (Path found : directories
                    .filter(path -> path.getFileName().toString().equals("data"))
                    .toList()) {
                Trees.delete(found);
            }
        }
    }
}
