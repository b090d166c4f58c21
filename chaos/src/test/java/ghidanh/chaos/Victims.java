package ghidanh.chaos;

import static org.awaitility.Awaitility.await;

import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.KafkaBroker;
import ghidanh.embedded.PostgresCluster;
import ghidanh.servers.Frozen;
import ghidanh.servers.ServiceProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds what a fault's target stands for. */
final class Victims {

    private static final Duration RECOVERY = Duration.ofSeconds(60);
    private static final String SKIPPED_MOUNT = "skipped: nothing can be mounted here";

    private final Map<String, Victim> byTarget = new LinkedHashMap<>();

    private final Map<String, Victim> ofThePast = new LinkedHashMap<>();

    Victims(RunningSystem system, KafkaTopics topics, History history) {
        Targets.services().forEach(name -> byTarget.put(name, new Service(system.service(name))));
        for (String name : Targets.databases()) {
            byTarget.put(name, new Database(system, name));
            ofThePast.put(name, new BackInTime(system, name, history));
            byTarget.put(Targets.sessionOf(name), new Session(system.database(name)));
        }
        byTarget.put(Targets.KAFKA, new Broker(system, history));
        Targets.links().forEach(name -> byTarget.put(name, new Link(system.link(name))));
        Targets.SHARDS.forEach(shard -> byTarget.put(Targets.topic(shard), topics.of(shard)));
    }

    Victim of(Fault fault) {
        Victim victim = (fault.kind().goesBack() ? ofThePast : byTarget).get(fault.target());
        if (victim == null) {
            throw new IllegalArgumentException("no victim for " + fault);
        }
        return victim;
    }

    private static IllegalArgumentException impossible(Fault fault) {
        return new IllegalArgumentException("cannot " + fault.kind() + " " + fault.target());
    }

    private record Service(ServiceProcess process) implements Victim {

        @Override
        public String begin(Fault fault) {
            switch (fault.kind()) {
                case KILL -> process.kill();
                case FREEZE -> process.freeze();
                default -> throw impossible(fault);
            }
            return "";
        }

        @Override
        public void end(Fault fault) {
            if (fault.kind() == Kind.KILL) {
                process.start();
            } else {
                process.thaw();
            }
        }
    }

    /** A server with all its processes. */
    private static final class Database implements Victim {

        private static final Duration HOUR = Duration.ofHours(1);

        private final PostgresCluster cluster;
        private final Optional<SmallDisk> disk;
        private final Optional<WrongClock> clock;
        private Frozen frozen = Frozen.NONE;

        Database(RunningSystem system, String name) {
            this.cluster = system.database(name);
            this.disk = system.disk(name);
            this.clock = system.clock(name);
        }

        @Override
        public String begin(Fault fault) throws IOException {
            switch (fault.kind()) {
                case KILL -> killWithSessions(cluster);
                case FREEZE -> frozen = Frozen.freeze(cluster.pid());
                case FILL -> {
                    if (disk.isEmpty()) {
                        return SKIPPED_MOUNT;
                    }
                    disk.get().fill();
                }
                case CLOCK -> {
                    if (clock.isEmpty()) {
                        return "skipped: no libfaketime here";
                    }
                    Duration ahead = fault.draw() < 0.5 ? HOUR : HOUR.negated();
                    clock.get().set(ahead);
                    return ahead.toString();
                }
                default -> throw impossible(fault);
            }
            return "";
        }

        @Override
        public void end(Fault fault) throws IOException {
            switch (fault.kind()) {
                case KILL -> cluster.start();
                case FREEZE -> frozen.thaw();
                case FILL -> {
                    if (disk.isPresent()) {
                        disk.get().free();
                        awaitRecovery(cluster);
                    }
                }
                case CLOCK -> {
                    if (clock.isPresent()) {
                        clock.get().set(Duration.ZERO);
                    }
                }
                default -> throw impossible(fault);
            }
        }
    }

    /** At once, as when the machine goes down. */
    static void killWithSessions(PostgresCluster cluster) {
        ProcessHandle server = ProcessHandle.of(cluster.pid()).orElseThrow();
        List<ProcessHandle> sessions = server.descendants().toList();
        cluster.kill(); // first: it would answer a session's death with a restart
        sessions.forEach(ProcessHandle::destroyForcibly);
    }

    /** It may have given up. */
    private static void awaitRecovery(PostgresCluster cluster) {
        await().atMost(RECOVERY).until(() -> {
            if (!cluster.isRunning()) {
                cluster.start();
            }
            return answers(cluster);
        });
    }

    private static boolean answers(PostgresCluster cluster) {
        try (var connection = cluster.connect(EmbeddedStack.DATABASE)) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false; // still recovering
        }
    }

    /** One session of a server; killed, it takes the whole server into crash recovery. */
    private static final class Session implements Victim {

        private static final String SESSIONS = """
                select array_agg(pid order by application_name, backend_start, pid),
                       array_agg(application_name order by application_name, backend_start, pid)
                  from pg_stat_activity
                 where backend_type = 'client backend'
                   and application_name <> 'chaos'
                   and pid <> pg_backend_pid()
                """;

        private final PostgresCluster cluster;
        private Frozen frozen = Frozen.NONE;

        Session(PostgresCluster cluster) {
            this.cluster = cluster;
        }

        @Override
        public String begin(Fault fault) throws Exception {
            long hit;
            String name;
            try (var connection = cluster.connect(EmbeddedStack.DATABASE);
                    var statement = connection.createStatement();
                    var row = statement.executeQuery(SESSIONS)) {
                row.next();
                if (row.getArray(1) == null) {
                    return "there is none";
                }
                var pids = (Integer[]) row.getArray(1).getArray();
                int drawn = (int) (fault.draw() * pids.length);
                name = ((String[]) row.getArray(2).getArray())[drawn];
                hit = pids[drawn];
            }
            switch (fault.kind()) {
                case KILL -> ProcessHandle.of(hit).ifPresent(ProcessHandle::destroyForcibly);
                case FREEZE -> frozen = Frozen.freeze(hit);
                default -> throw impossible(fault);
            }
            return name;
        }

        @Override
        public void end(Fault fault) throws Exception {
            if (fault.kind() == Kind.FREEZE) {
                frozen.thaw();
                frozen = Frozen.NONE;
            } else {
                awaitRecovery(cluster);
            }
        }
    }

    private static final class Broker implements Victim {

        private final History history;
        private final KafkaBroker broker;
        private final Path data;
        private final Optional<SmallDisk> disk;
        private Frozen frozen = Frozen.NONE;
        private UnflushedLog unflushed = new UnflushedLog(Map.of());

        Broker(RunningSystem system, History history) {
            this.history = history;
            this.broker = system.kafka();
            this.data = system.directory(Targets.KAFKA).resolve("data");
            this.disk = system.disk(Targets.KAFKA);
        }

        @Override
        public String begin(Fault fault) throws IOException {
            switch (fault.kind()) {
                case KILL -> broker.kill();
                case FREEZE -> frozen = Frozen.freeze(broker.pid());
                case FORGET -> unflushed = UnflushedLog.since(data);
                case FILL -> {
                    if (disk.isEmpty()) {
                        return SKIPPED_MOUNT;
                    }
                    disk.get().fill();
                }
                default -> throw impossible(fault);
            }
            return "";
        }

        @Override
        public void end(Fault fault) throws IOException {
            switch (fault.kind()) {
                case KILL -> broker.start();
                case FREEZE -> frozen.thaw();
                case FORGET -> {
                    broker.kill();
                    unflushed.lose();
                    Targets.SHARDS.forEach(history::eventsLost);
                    broker.start();
                }
                case FILL -> {
                    if (disk.isPresent()) {
                        disk.get().free();
                        restart();
                    }
                }
                default -> throw impossible(fault);
            }
        }

        /** It has ended, or soon does: a broker does not go on where it could not write. */
        private void restart() {
            if (broker.isRunning()) {
                broker.kill();
            }
            broker.start();
        }
    }

    private record Link(TcpProxy proxy) implements Victim {

        private static final int MOST_DELAY_MILLIS = 400;

        @Override
        public String begin(Fault fault) {
            switch (fault.kind()) {
                case CUT -> proxy.cut();
                case STALL -> proxy.stall();
                case DELAY -> {
                    var by = Duration.ofMillis(20 + (long) (fault.draw() * MOST_DELAY_MILLIS));
                    proxy.delay(by);
                    return "by " + by.toMillis() + " ms";
                }
                default -> throw impossible(fault);
            }
            return "";
        }

        @Override
        public void end(Fault fault) {
            proxy.heal();
        }
    }
}
