package ghidanh.chaos;

import static org.awaitility.Awaitility.await;

import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.KafkaBroker;
import ghidanh.embedded.PostgresCluster;
import ghidanh.servers.Frozen;
import ghidanh.servers.ServiceProcess;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds what a fault's target stands for. */
final class Victims {

    private static final Duration RECOVERY = Duration.ofSeconds(60);

    private final Map<String, Victim> byTarget = new LinkedHashMap<>();

    Victims(RunningSystem system, KafkaTopics topics) {
        Targets.services().forEach(name -> byTarget.put(name, new Service(system.service(name))));
        for (String name : Targets.databases()) {
            byTarget.put(name, new Database(system.database(name)));
            byTarget.put(Targets.sessionOf(name), new Session(system.database(name)));
        }
        byTarget.put(Targets.KAFKA, new Broker(system.kafka()));
        Targets.links().forEach(name -> byTarget.put(name, new Link(system.link(name))));
        Targets.SHARDS.forEach(shard -> byTarget.put(Targets.topic(shard), topics.of(shard)));
    }

    Victim of(Fault fault) {
        Victim victim = byTarget.get(fault.target());
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

        private final PostgresCluster cluster;
        private Frozen frozen = Frozen.NONE;

        Database(PostgresCluster cluster) {
            this.cluster = cluster;
        }

        @Override
        public String begin(Fault fault) {
            switch (fault.kind()) {
                case KILL -> {
                    ProcessHandle server = ProcessHandle.of(cluster.pid()).orElseThrow();
                    List<ProcessHandle> sessions = server.descendants().toList();
                    cluster.kill(); // first: it would answer a session's death with a restart
                    sessions.forEach(ProcessHandle::destroyForcibly);
                }
                case FREEZE -> frozen = Frozen.freeze(cluster.pid());
                default -> throw impossible(fault);
            }
            return "";
        }

        @Override
        public void end(Fault fault) {
            if (fault.kind() == Kind.KILL) {
                cluster.start();
            } else {
                frozen.thaw();
            }
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
                await().atMost(RECOVERY).until(this::answers);
            }
        }

        private boolean answers() {
            try (var connection = cluster.connect(EmbeddedStack.DATABASE)) {
                return connection.isValid(1);
            } catch (SQLException e) {
                return false; // still recovering
            }
        }
    }

    private static final class Broker implements Victim {

        private final KafkaBroker broker;
        private Frozen frozen = Frozen.NONE;

        Broker(KafkaBroker broker) {
            this.broker = broker;
        }

        @Override
        public String begin(Fault fault) {
            switch (fault.kind()) {
                case KILL -> broker.kill();
                case FREEZE -> frozen = Frozen.freeze(broker.pid());
                default -> throw impossible(fault);
            }
            return "";
        }

        @Override
        public void end(Fault fault) {
            if (fault.kind() == Kind.KILL) {
                broker.start();
            } else {
                frozen.thaw();
            }
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
