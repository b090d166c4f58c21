package ghidanh.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.embedded.Trees;
import ghidanh.servers.Frozen;
import ghidanh.servers.ServiceProcess;
import ghidanh.servers.ServiceSettings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Faults one after another, while somebody registers on shard 5433: its sentence names each within two seconds, and before
 * that no other fault. Prints the table of docs/observability.md.
 */
@Tag("long")
class DrillIT {

    private static final int HEAP_MEGABYTES = 192;
    private static final Duration RECOVERY = Duration.ofSeconds(120);
    private static final Duration STEADY = Duration.ofSeconds(3);
    private static final Duration LOOK = Duration.ofMillis(25);
    private static final double PATIENCE_SECONDS = 10;
    private static final double SOON_SECONDS = 2;
    private static final String SHARD = "5433";

    /** Said between a fault's first and last sign; none of them has a cure that would do harm. */
    private static final Set<String> SAYS_NOTHING_WRONG = Set.of("SYNCED", "DEAD_LETTERS", "BEHIND", "UNKNOWN", "NONE");

    /** The last faults leave what a person has to see to. */
    private static final Set<String> WELL = Set.of("SYNCED", "DEAD_LETTERS");

    private static final Path DIRECTORY =
            Path.of("target", "drill-" + ProcessHandle.current().pid()).toAbsolutePath();

    /** Does something to the system; its end undoes it. */
    private interface Deed {

        End begin() throws Exception;
    }

    private interface End {

        void end() throws Exception;
    }

    /** What a fault's sentence may be. */
    private record Case(Set<String> kinds, Deed deed) {}

    private record Outcome(String fault, String said, double seconds, List<String> before) {

        boolean isRight(Set<String> kinds) {
            return kinds.contains(said) && seconds <= SOON_SECONDS && SAYS_NOTHING_WRONG.containsAll(before);
        }
    }

    private final Map<String, Case> faults = new LinkedHashMap<>();

    @Test
    void every_fault_is_named_within_two_seconds() throws Exception {
        List<String> wrong = new ArrayList<>();
        try (var system = new RunningSystem(
                DIRECTORY,
                HEAP_MEGABYTES,
                RunningSystem.Machine.UNTOUCHED,
                (application, directory) -> ServiceSettings.of(application, directory)
                        .withArguments("--ghidanh.sync.observe.interval=500ms"))) {
            SampleRows rows = SampleRows.make(system);
            plan(system);
            try (var trickle = new Trickle(system, rows)) {
                for (var fault : faults.entrySet()) {
                    Outcome outcome = drill(system, fault.getKey(), fault.getValue());
                    System.out.printf(
                            Locale.ROOT,
                            "DrillIT: | %s | `%s` | %.1f | %s |%n",
                            outcome.fault(),
                            outcome.said(),
                            outcome.seconds(),
                            String.join(", ", outcome.before()));
                    if (!outcome.isRight(fault.getValue().kinds())) {
                        wrong.add(outcome.toString());
                    }
                }
            }
        }
        assertThat(wrong).hasSizeLessThanOrEqualTo(faults.size() / 20);
        Trees.delete(DIRECTORY);
    }

    private static Outcome drill(RunningSystem system, String name, Case fault) throws Exception {
        await(name + ": well before it").atMost(RECOVERY).during(STEADY).until(() -> WELL.contains(kind(system)));
        Set<String> expected = fault.kinds();
        List<String> before = new ArrayList<>();
        End end = fault.deed().begin();
        long begun = System.nanoTime();
        try {
            String said = "";
            double seconds = 0;
            while (!expected.contains(said) && seconds < PATIENCE_SECONDS) {
                TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
                said = kind(system);
                seconds = (System.nanoTime() - begun) / 1e9;
                if (!expected.contains(said) && !before.contains(said)) {
                    before.add(said);
                }
            }
            return new Outcome(name, said, seconds, before);
        } finally {
            end.end();
        }
    }

    private static String kind(RunningSystem system) {
        for (JsonNode shard :
                Metrics.get(system.syncConsumers().get(0), "/api/shards").path("shards")) {
            if (shard.path("name").asString().equals(SHARD)) {
                return shard.path("diagnosis").path("kind").asString();
            }
        }
        return "NONE";
    }

    private void fault(String name, Deed deed, String... kinds) {
        faults.put(name, new Case(Set.of(kinds), deed));
    }

    private void plan(RunningSystem system) {
        String shard = Targets.shard(SHARD);
        planServers(system, shard);
        TcpProxy behind = system.link(Targets.link(Targets.MASTER, shard));
        fault("nothing passes from the master to the shard, without a word", () -> stall(behind), "FDW_SILENT");
        fault("the master's connections to the shard are cut", () -> cut(behind), "FDW_AWAY");
        fault("both relays killed", () -> each(system.registrationServices(), DrillIT::kill), "RELAY_ABSENT");
        fault("both relays frozen", () -> each(system.registrationServices(), DrillIT::freeze), "OUTBOX_WAITS");
        fault(
                "the relays reach no broker",
                () -> each(
                        Targets.REGISTRATION.stream()
                                .map(service -> system.link(Targets.link(service, Targets.KAFKA)))
                                .toList(),
                        DrillIT::stall),
                "OUTBOX_WAITS");
        planDatabases(system, shard);
    }

    private void planServers(RunningSystem system, String shard) {
        fault("the shard's server killed", () -> kill(system, shard), "SHARD_AWAY");
        fault("the shard's server frozen", () -> freeze(system.database(shard).pid()), "SHARD_SILENT");
        fault("the master killed", () -> kill(system, Targets.MASTER), "MASTER_AWAY");
        fault("the master frozen", () -> freeze(system.database(Targets.MASTER).pid()), "MASTER_SILENT");
        fault(
                "the broker killed",
                () -> {
                    system.kafka().kill();
                    return () -> system.kafka().start();
                },
                "KAFKA_SILENT");
        fault("the broker frozen", () -> freeze(system.kafka().pid()), "KAFKA_SILENT");
    }

    private void planDatabases(RunningSystem system, String shard) {
        String password = system.database(shard).password();
        fault(
                "another password on the shard",
                () -> statements(
                        system,
                        shard,
                        "alter role postgres password 'another'; " + endSessions(),
                        "alter role postgres password '" + password + "'"),
                "SHARD_LOGIN");
        fault(
                "another password on the master for the shard",
                () -> {
                    End end = statements(system, Targets.MASTER, mapping("another"), mapping(password));
                    execute(system, shard, endSessions() + " and application_name = 'postgres_fdw'");
                    return end;
                },
                "FDW_LOGIN");
        fault("the shard read-only", () -> readOnly(system, shard), "SHARD_READ_ONLY");
        fault("the master read-only", () -> readOnly(system, Targets.MASTER), "MASTER_READ_ONLY");
        fault(
                "the shard's table gone",
                () -> statements(
                        system,
                        shard,
                        "alter table incarnations rename to away",
                        "alter table away rename to incarnations"),
                "SHARD_INCOMPLETE");
        fault(
                "the master's table gone",
                () -> statements(
                        system,
                        Targets.MASTER,
                        "alter table lost_registrations rename to away",
                        "alter table away rename to lost_registrations"),
                "MASTER_INCOMPLETE");
        fault("a lock on the master", () -> lock(system, Targets.MASTER, "registrations"), "MASTER_LOCKED");
        fault("a lock on the shard", () -> lock(system, shard, "outbox"), "SHARD_LOCKED");
        fault("a made-up event", () -> poison(system), "DEAD_LETTERS");
        fault(
                "a standby of the shard promoted that lacks 2 s",
                () -> promote(system, shard),
                "SHARD_WENT_BACK",
                "LOST");
    }

    private static <T> End each(List<T> all, Function<T, End> deed) {
        List<End> ends = all.stream().map(deed).toList();
        return () -> {
            for (End end : ends) {
                end.end();
            }
        };
    }

    private static End kill(RunningSystem system, String database) {
        Victims.killWithSessions(system.database(database));
        return () -> system.database(database).start();
    }

    private static End kill(ServiceProcess service) {
        service.kill();
        return service::start;
    }

    private static End freeze(ServiceProcess service) {
        service.freeze();
        return service::thaw;
    }

    private static End freeze(long pid) {
        return Frozen.freeze(pid)::thaw;
    }

    private static End stall(TcpProxy link) {
        link.stall();
        return link::heal;
    }

    private static End cut(TcpProxy link) {
        link.cut();
        return link::heal;
    }

    private static String endSessions() {
        return "select pg_terminate_backend(pid) from pg_stat_activity"
                + " where pid <> pg_backend_pid() and backend_type = 'client backend'";
    }

    private static String mapping(String password) {
        return "alter user mapping for current_user server fdw_" + SHARD + " options (set password '" + password + "')";
    }

    private static void execute(RunningSystem system, String database, String statements) throws SQLException {
        try (Connection connection = system.connect(database);
                var statement = connection.createStatement()) {
            statement.execute(statements);
        }
    }

    /** In one session, which is there still when nobody else may sign in. */
    @SuppressWarnings("MustBeClosedChecker")
    private static End statements(RunningSystem system, String database, String begin, String end) throws SQLException {
        Connection connection = system.connect(database);
        try (var statement = connection.createStatement()) {
            statement.execute(begin);
        }
        return () -> {
            try (connection;
                    var statement = connection.createStatement()) {
                statement.execute(end);
            }
        };
    }

    private static End readOnly(RunningSystem system, String database) throws SQLException {
        String of = "alter database enrollment_db ";
        End end = statements(
                system,
                database,
                of + "set default_transaction_read_only = on",
                of + "reset default_transaction_read_only");
        // From a session that was there before, which may write still.
        execute(system, database, endSessions() + " and application_name <> 'chaos'");
        return () -> {
            end.end();
            execute(system, database, endSessions() + " and application_name <> 'chaos'");
        };
    }

    private static End lock(RunningSystem system, String database, String table) throws SQLException {
        Connection connection = system.connect(database);
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute("lock table " + table + " in share mode");
        }
        return connection::close;
    }

    /** Without the last rows, which stay lost: nothing can be drilled after it. */
    private static End promote(RunningSystem system, String database) throws Exception {
        var victim = new BackInTime(system, database, new History());
        var fault = new Fault(Duration.ZERO, Kind.PROMOTE, database, Duration.ZERO, 0);
        victim.begin(fault);
        TimeUnit.SECONDS.sleep(2);
        victim.end(fault);
        return () -> {};
    }

    private static End poison(RunningSystem system) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", system.kafka().bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("enrollment-" + SHARD, new byte[] {'x'}, new byte[] {'{'}))
                    .get(10, TimeUnit.SECONDS);
        }
        return () -> {};
    }

    /** Somebody who registers five times a second, by plain SQL, as far as the shard lets them. */
    private static final class Trickle implements AutoCloseable {

        private static final String REGISTER = """
                insert into registrations (stno, sec_no)
                select st.stno, s.sec_no
                  from students st cross join sections s
                 where not exists (select from registrations r where r.stno = st.stno and r.sec_no = s.sec_no)
                   and st.stno = %d and s.enrolled < s.capacity
                 limit 1
                """;

        private static final Duration PAUSE = Duration.ofMillis(200);

        private final RunningSystem system;
        private final List<Integer> students;
        private final Thread thread = new Thread(this::run, "trickle");

        Trickle(RunningSystem system, SampleRows rows) {
            this.system = system;
            this.students = List.copyOf(rows.students().getOrDefault(SHARD, List.of()));
            thread.start();
        }

        private void run() {
            for (int n = 0; ; n++) {
                try {
                    execute(system, Targets.shard(SHARD), REGISTER.formatted(students.get(n % students.size())));
                } catch (SQLException e) {
                    System.out.println("DrillIT: nobody registers: " + e.getMessage()); // the fault's doing
                }
                try {
                    TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
                } catch (InterruptedException e) {
                    return;
                }
            }
        }

        @Override
        public void close() throws InterruptedException {
            thread.interrupt();
            thread.join();
        }
    }
}
