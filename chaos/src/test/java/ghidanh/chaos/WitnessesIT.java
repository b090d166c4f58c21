package ghidanh.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.chaos.Inspection.Findings;
import ghidanh.chaos.RunningSystem.Machine;
import ghidanh.embedded.Trees;
import ghidanh.servers.ServiceProcess;
import ghidanh.servers.ServiceSettings;
import ghidanh.sync.SyncConsumerApplication;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A suite that finds nothing may be blind: it has to find each bug that is planted, by the trouble that brings it out, and
 * nothing where none is.
 */
@Tag("long")
class WitnessesIT {

    private static final int HEAP_MEGABYTES = 192;
    private static final int PER_SECOND = 100;
    private static final Duration LOAD_BEFORE = Duration.ofSeconds(4);
    // As much as ChaosIT gives.
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Duration GRACE_OF_THE_PAST = Duration.ofSeconds(60);
    private static final Duration FOR_A_PERSON = Duration.ofSeconds(60);
    private static final long PAUSE_MILLIS = 500;
    private static final long MOST_SECONDS = 60;
    // Some troubles have to meet a moment: partitions that come in the middle of a pause, a batch that is under way.
    private static final int MOST_TIMES = 3;
    private static final Map<Bug, Long> SECONDS = new EnumMap<>(Bug.class);

    private static final Path DIRECTORY =
            Path.of("target", "witnesses-" + ProcessHandle.current().pid()).toAbsolutePath();

    @Test
    void without_a_bug_the_same_troubles_are_none() throws Exception {
        try (var system = new RunningSystem(
                        DIRECTORY.resolve("none"), HEAP_MEGABYTES, Machine.UNTOUCHED, WitnessesIT::settings);
                var suite = new Suite(system)) {
            for (Bug bug : Bug.values()) {
                suite.trouble(bug);
                assertThat(suite.settle(FOR_A_PERSON)).as("trouble for %s", bug).isEmpty();
            }
        }
        Trees.delete(DIRECTORY.resolve("none"));
    }

    @ParameterizedTest
    @EnumSource(Bug.class)
    void a_planted_bug_is_caught(Bug bug) throws Exception {
        Path directory = DIRECTORY.resolve(bug.name());
        Path classes = directory.resolve("classes");
        bug.compile(classes);
        try (var system = new RunningSystem(
                        directory,
                        HEAP_MEGABYTES,
                        Machine.UNTOUCHED,
                        (application, of) -> settings(application, of).withClassesFirst(classes));
                var suite = new Suite(system)) {
            bug.plant(system);
            long begin = System.nanoTime();
            List<String> violations = List.of();
            for (int times = 0; times < MOST_TIMES && violations.isEmpty(); times++) {
                suite.trouble(bug);
                violations = suite.settle(Duration.ZERO);
            }
            long caught = suite.watch.firstViolation().orElse(System.nanoTime());
            assertThat(violations).as("%s", bug).anyMatch(violation -> violation.contains(bug.sign()));
            SECONDS.put(bug, TimeUnit.NANOSECONDS.toSeconds(caught - begin));
            System.out.printf(
                    Locale.ROOT,
                    "WitnessesIT: | %s | %s | %d |%n",
                    bug,
                    violations.stream()
                            .filter(violation -> violation.contains(bug.sign()))
                            .findFirst()
                            .orElseThrow(),
                    SECONDS.get(bug));
        }
        Trees.delete(directory);
    }

    /** Without the comparison of every hour, the first of which comes soon after a start and puts right what others did not. */
    private static ServiceSettings settings(Class<?> application, Path directory) {
        var settings = ServiceSettings.of(application, directory);
        return application == SyncConsumerApplication.class
                ? settings.withArguments("--ghidanh.sync.drift.interval=0s")
                : settings;
    }

    @AfterAll
    static void they_are_caught_soon() {
        if (SECONDS.size() == Bug.values().length) {
            assertThat(SECONDS.values().stream()
                            .sorted()
                            .skip(SECONDS.size() / 2)
                            .findFirst())
                    .hasValueSatisfying(median ->
                            assertThat(median).as("median of %s", SECONDS).isLessThanOrEqualTo(MOST_SECONDS));
        }
    }

    /** What {@link ChaosIT} looks at, beside one trouble at a time. */
    private static final class Suite implements AutoCloseable {

        private final RunningSystem system;
        private final History history = new History();
        private final Ledger ledger = new Ledger(history);
        private final KafkaTopics topics;
        private final Inspection inspection;
        private final Victims victims;
        private final Load load;
        private final Report report = new Report(DIRECTORY.resolve("report.txt"));
        final Watch watch;
        private int round;

        Suite(RunningSystem system) throws Exception {
            this.system = system;
            topics = new KafkaTopics(system, history);
            inspection = new Inspection(system, ledger, history, topics);
            victims = new Victims(system, topics, history);
            load = new Load(system, SampleRows.make(system), ledger, 1, PER_SECOND);
            watch = new Watch(system, ledger, history);
        }

        void trouble(Bug bug) throws Exception {
            load.begin(++round);
            try {
                TimeUnit.MILLISECONDS.sleep(LOAD_BEFORE.toMillis());
                switch (bug) {
                    case MARK_BEFORE_COMMIT, OFFSET_BEFORE_COMMIT -> letCommitsWait();
                    case DELETE_BEFORE_ACKNOWLEDGEMENT ->
                        // What is written meanwhile is one batch, which the relays hold when they are killed.
                        happen(
                                fault(0, Kind.STALL, Targets.link("registration-1", Targets.shard("5433")), 5),
                                fault(0, Kind.STALL, Targets.link("registration-2", Targets.shard("5433")), 5),
                                fault(3, Kind.KILL, Targets.KAFKA, 9),
                                fault(8, Kind.KILL, "registration-1", 1),
                                fault(8, Kind.KILL, "registration-2", 1));
                    case NO_FENCE -> awaitViolation();
                    case OLDER_OVER_NEWER -> happen(fault(0, Kind.PROMOTE, Targets.shard("5433"), 5));
                    case IDENTITY_CHECK_OFF -> happen(fault(0, Kind.RESTORE, Targets.shard("5433"), 5));
                    case SEQUENCE_NOT_RAISED -> {
                        happen(fault(0, Kind.PROMOTE, Targets.shard("5433"), 5));
                        TimeUnit.SECONDS.sleep(10); // numbers are given again
                    }
                    case SWEEPER_WITHOUT_STUDENTS ->
                        happen(
                                fault(0, Kind.STALL, Targets.link("sync-1", Targets.KAFKA), 9),
                                fault(0, Kind.STALL, Targets.link("sync-2", Targets.KAFKA), 9),
                                fault(6, Kind.DELETE, Targets.topic("5433"), 1),
                                fault(6, Kind.DELETE, Targets.topic("5434"), 1));
                    case SEATS_NOT_REPAIRED -> {}
                    case RESUME_FORGOTTEN -> {
                        // It comes back only later: it would take what the other one has forgotten. The group has
                        // noticed, and
                        // the other one tries the new partitions, before the shard is back.
                        system.service("sync-2").kill();
                        happen(fault(0, Kind.CUT, Targets.link(Targets.MASTER, Targets.shard("5433")), 26));
                    }
                }
            } finally {
                load.end();
            }
            if (bug == Bug.SEATS_NOT_REPAIRED) {
                loadPastTheTriggers();
            }
        }

        private static Fault fault(int at, Kind kind, String target, int lasts) {
            return new Fault(Duration.ofSeconds(at), kind, target, Duration.ofSeconds(lasts), 0.5);
        }

        private void happen(Fault... faults) throws Exception {
            new Round(round, List.of(faults), victims, report).run();
        }

        /**
         * A synchronous standby that is not there: written, and neither lost nor seen by anybody. Again and again, since what waits
         * is one batch, which is looked at while it is new.
         */
        private void letCommitsWait() throws Exception {
            for (int times = 0; times < 8 && watch.firstViolation().isEmpty(); times++) {
                execute(Targets.MASTER, "alter system set synchronous_standby_names = 'nobody'");
                execute(Targets.MASTER, "select pg_reload_conf()");
                TimeUnit.MILLISECONDS.sleep(1_500);
                execute(Targets.MASTER, "alter system reset synchronous_standby_names");
                execute(Targets.MASTER, "select pg_reload_conf()");
                TimeUnit.MILLISECONDS.sleep(500);
            }
        }

        private void awaitViolation() throws InterruptedException {
            for (int second = 0; second < 45 && watch.firstViolation().isEmpty(); second++) {
                TimeUnit.SECONDS.sleep(1);
            }
        }

        private void loadPastTheTriggers() throws SQLException {
            execute(Targets.shard("5433"), """
                    set session_replication_role = replica;
                    update sections set enrolled = enrolled - 1 where enrolled > 0;
                    set session_replication_role = default;
                    select begin_incarnation('loaded past the triggers')
                    """);
        }

        private void execute(String database, String sql) throws SQLException {
            try (var connection = system.connect(database);
                    var statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }

        /**
         * What is still not as it must be when it should have been put right.
         *
         * @param more until a person has removed what a shard lost
         */
        List<String> settle(Duration more) throws Exception {
            var registrar = new Registrar(system);
            Duration grace = (history.doubtful().isEmpty() ? GRACE : GRACE_OF_THE_PAST).plus(more);
            long begin = System.nanoTime();
            List<String> violations = violations(registrar);
            while (!violations.isEmpty()
                    && watch.violations().isEmpty()
                    && System.nanoTime() - begin < grace.toNanos()) {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                violations = violations(registrar);
            }
            violations.addAll(inspection.eventsMissing());
            history.settled();
            inspection.settleLedger();
            system.syncConsumers().forEach(ServiceProcess::start); // but for one they run
            return violations;
        }

        private List<String> violations(Registrar registrar) throws Exception {
            List<String> violations = new ArrayList<>(watch.violations());
            var waiting = inspection.waiting();
            if (!waiting.isOver()) {
                violations.add(waiting.toString());
            }
            Findings findings = inspection.inspect();
            violations.addAll(findings.violations());
            if (findings.agreeButForExtra()) {
                for (String shard : history.doubtful()) {
                    registrar.removeExtra(shard);
                }
            }
            return violations;
        }

        @Override
        public void close() throws Exception {
            watch.close();
            report.close();
        }
    }
}
