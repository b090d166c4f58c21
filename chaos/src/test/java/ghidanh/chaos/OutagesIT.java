package ghidanh.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.oneOf;

import ghidanh.chaos.NeighbourLoad.Lag;
import ghidanh.chaos.RunningSystem.Machine;
import ghidanh.embedded.Trees;
import ghidanh.event.ChangeEvent;
import ghidanh.event.Entity;
import ghidanh.event.EventJson;
import ghidanh.event.Topics;
import ghidanh.servers.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One outage at a time, and what everybody else notices of it. */
@SuppressWarnings("NullAway.Init") // started before the first test
class OutagesIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int HEAP_MEGABYTES = 128;
    // With what a service needs anyway, more than the heap, were they all read at once: a row takes some 400 bytes.
    private static final int BACKLOG = Integer.getInteger("outages.backlog", 600_000);
    private static final int PER_SECOND = 100;
    private static final int CPU_SECONDS = 10;
    private static final double MOST_CPU = 3;
    private static final double TIMES_CALM = 3;

    private static final Path DIRECTORY =
            Path.of("target", "outages-" + ProcessHandle.current().pid()).toAbsolutePath();

    private static RunningSystem system;
    private static SampleRows rows;
    private static KafkaTopics topics;

    @BeforeAll
    static void start() throws Exception {
        system = new RunningSystem(DIRECTORY, HEAP_MEGABYTES, Machine.UNTOUCHED);
        rows = SampleRows.make(system);
        topics = new KafkaTopics(system, new History());
    }

    @AfterAll
    static void stop() throws IOException {
        system.close();
        Trees.delete(DIRECTORY);
    }

    @Test
    void another_instance_relays_when_the_leader_is_killed() throws Exception {
        ServiceProcess leader = leaderOfAll();
        ServiceProcess other = other(leader);
        double lostBefore = lost(other);

        long begin = System.nanoTime();
        leader.kill();
        awaitLeader(other);
        say("kill -9 of the leading instance: the other one led after %.1f s", begin);

        assertThat(lost(other)).isEqualTo(lostBefore);
        register("5433", 0);
        awaitEmptyOutbox();
        leader.start();
    }

    @Test
    void another_instance_relays_when_the_leader_freezes_and_the_thawed_one_knows_that_it_lost() throws Exception {
        ServiceProcess leader = leaderOfAll();
        ServiceProcess other = other(leader);
        double lostBefore = lost(leader);
        String logBefore = Files.readString(leader.log());

        long begin = System.nanoTime();
        leader.freeze();
        try {
            awaitLeader(other);
            say("SIGSTOP of the leading instance: the other one led after %.1f s", begin);
            register("5433", 1);
            awaitEmptyOutbox();
        } finally {
            leader.thaw();
        }

        await().atMost(SOON).until(() -> lost(leader) == lostBefore + Targets.SHARDS.size());
        assertThat(Files.readString(leader.log()).substring(logBefore.length()))
                .contains("Shard 5433: leadership lost", "Shard 5434: leadership lost");
        for (String shard : Targets.SHARDS) {
            assertThat(Metrics.leads(leader, shard)).isFalse();
            assertThat(Metrics.leads(other, shard)).isTrue();
        }
    }

    @Test
    void without_a_broker_writes_go_on_memory_stays_bounded_and_all_is_relayed_when_it_is_back() throws Exception {
        ServiceProcess leader = leaderOfAll();
        double lostBefore = lost(leader);
        system.kafka().kill();
        try {
            sql("5433", """
                    insert into outbox (entity, entity_id)
                    select 'student', 1 + n %% 1000 from generate_series(1, %d) n
                    """.formatted(BACKLOG));
            register("5433", 2);
            register("5434", 2);
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(relayStatus(leader, "5433")).isEqualTo("OUT_OF_SERVICE");
                assertThat(relayStatus(leader, "5434")).isEqualTo("OUT_OF_SERVICE");
            });
            assertThat(Metrics.get(leader, "/actuator/health/readiness")
                            .path("status")
                            .asString())
                    .isEqualTo("UP");
            assertThat(count("5433", "select count(*) from outbox")).isGreaterThan(BACKLOG);
        } finally {
            system.kafka().start();
        }

        long begin = System.nanoTime();
        awaitEmptyOutbox();
        say(
                String.format(
                        Locale.ROOT,
                        "%,d outbox rows on a heap of %d MB: relayed %%.1f s after the broker was back",
                        BACKLOG,
                        HEAP_MEGABYTES),
                begin);
        await().atMost(SOON).until(() -> relayStatus(leader, "5433").equals("UP"));
        assertThat(lost(leader)).as("leaderships lost to a broker").isEqualTo(lostBefore);
        assertThat(leader.isRunning()).isTrue();
        await().atMost(SOON.multipliedBy(2)).until(() -> unmarked("5433") + unmarked("5434") == 0);
    }

    /** SIGSTOP, kill -9, and a link that swallows everything; the neighbour must notice none of them. */
    @Test
    void a_shard_that_is_frozen_or_down_or_unreachable_is_no_trouble_to_its_neighbour() throws Exception {
        int seconds = Integer.getInteger("outages.seconds", 15);
        await().atMost(SOON).until(() -> group("5433").groupState() == GroupState.STABLE);
        Map<String, String> before = membership("5433");
        var load = new NeighbourLoad(system, rows, "5433", PER_SECOND);
        try {
            Lag calm = load.lagDuring(Duration.ofSeconds(seconds));
            say("5433, all well:            " + calm);
            assertThat(calm.arrived()).as("a load worth the name").isGreaterThan(PER_SECOND * seconds / 4);
            assertThat(calm.failed() + calm.missing()).isZero();

            var victims = new Victims(system, topics, new History());
            for (Fault fault : List.of(
                    fault(Kind.FREEZE, Targets.shard("5434")),
                    fault(Kind.KILL, Targets.shard("5434")),
                    fault(Kind.STALL, Targets.link(Targets.MASTER, Targets.shard("5434"))))) {
                victims.of(fault).begin(fault);
                try {
                    sendStudents("5434"); // so that there is something to fail at
                    Lag lag = load.lagDuring(Duration.ofSeconds(seconds));
                    say(String.format(Locale.ROOT, "5433, %-20s %s", fault.kind() + " of 5434:", lag));
                    assertNoTrouble(fault, lag, calm);
                    assertThat(load.unsyncedOlderThan(Duration.ofSeconds(15)))
                            .as("registrations of 5433 that wait, %s", fault)
                            .isZero();
                } finally {
                    victims.of(fault).end(fault);
                }
                await().atMost(SOON).until(() -> unmarked("5434") == 0);
            }
        } finally {
            load.close();
        }
        assertThat(membership("5433"))
                .as("group of 5433, which must not rebalance")
                .isEqualTo(before);
        assertThat(topics.deadLetters("5433")).isEmpty();
        assertThat(topics.deadLetters("5434")).isEmpty();
    }

    /** Of a core, by each sync-consumer, which has events of 5434 at hand that it cannot bring. */
    @Test
    void whoever_waits_takes_no_time_of_the_machine() throws Exception {
        var victims = new Victims(system, topics, new History());
        double calm = mostCpu();
        say(String.format(Locale.ROOT, "sync-consumer, all well: %.1f %% of a core", calm));
        for (Fault fault : List.of(
                fault(Kind.KILL, Targets.shard("5434")),
                fault(Kind.FREEZE, Targets.shard("5434")),
                fault(Kind.KILL, Targets.MASTER),
                fault(Kind.KILL, Targets.KAFKA))) {
            victims.of(fault).begin(fault);
            try {
                if (!fault.target().equals(Targets.KAFKA)) {
                    sendStudents("5434");
                }
                assertLittle(fault.kind() + " of " + fault.target(), mostCpu(), calm);
            } finally {
                victims.of(fault).end(fault);
            }
            awaitCalm();
        }
        setPassword("wrong");
        try {
            sendStudents("5434");
            assertLittle("wrong password of 5434 on the master", mostCpu(), calm);
        } finally {
            setPassword(system.database(Targets.shard("5434")).password());
        }
        awaitCalm();
    }

    /** On a slow or busy machine everything takes more, and nothing does as well. */
    private static void assertLittle(String outage, double percent, double calm) {
        say(String.format(Locale.ROOT, "sync-consumer, %s: %.1f %% of a core", outage, percent));
        assertThat(percent).as("per cent of a core, %s", outage).isLessThan(Math.max(MOST_CPU, TIMES_CALM * calm));
    }

    /** Of the sync-consumer that takes most, in per cent of a core; after it has found out what is wrong. */
    private static double mostCpu() throws InterruptedException {
        TimeUnit.SECONDS.sleep(3);
        List<Duration> before = cpu();
        TimeUnit.SECONDS.sleep(CPU_SECONDS);
        List<Duration> after = cpu();
        return IntStream.range(0, before.size())
                .mapToDouble(i -> after.get(i).minus(before.get(i)).toNanos() / 1e7 / CPU_SECONDS)
                .max()
                .orElseThrow();
    }

    private static List<Duration> cpu() {
        return system.syncConsumers().stream()
                .map(service -> ProcessHandle.of(service.pid())
                        .flatMap(process -> process.info().totalCpuDuration())
                        .orElseThrow())
                .toList();
    }

    private static void setPassword(String password) throws SQLException {
        try (var connection = system.connect(Targets.MASTER);
                var statement = connection.createStatement()) {
            statement.execute(
                    "alter user mapping for current_user server fdw_5434 options (set password '" + password + "')");
        }
    }

    private static void awaitCalm() {
        await().atMost(SOON)
                .until(() -> system.syncConsumers().stream()
                        .allMatch(service -> Metrics.get(service, "/actuator/health/outages")
                                .path("status")
                                .asString("")
                                .equals("UP")));
    }

    /**
     * Lag is compared with the calm before, since the machine may be slow or busy. Whoever waits for the frozen shard, or
     * for a connection to it, waits for seconds: of the rows of a whole phase far more than one in a hundred.
     */
    private static void assertNoTrouble(Fault fault, Lag lag, Lag calm) {
        assertThat(lag.failed()).as("requests of 5433 that failed, %s", fault).isZero();
        assertThat(lag.missing())
                .as("registrations of 5433 that did not arrive, %s", fault)
                .isZero();
        assertThat(lag.arrived())
                .as("registrations of 5433, one after the other, %s", fault)
                .isGreaterThan(calm.arrived() / 5);
        assertThat(lag.p99()).as("lag of 5433, %s", fault).isLessThan(Math.max(1_000, 10 * calm.p99()));
    }

    private static Fault fault(Kind kind, String target) {
        return new Fault(Duration.ZERO, kind, target, Duration.ZERO, 0.5);
    }

    /** The epoch that counts rebalances, the members and their partitions. */
    private static Map<String, String> membership(String shard) throws Exception {
        ConsumerGroupDescription group = group(shard);
        Map<String, String> found = new TreeMap<>();
        found.put("epoch", String.valueOf(group.groupEpoch()));
        group.members()
                .forEach(member -> found.put(
                        member.consumerId(),
                        member.assignment().topicPartitions().toString()));
        return found;
    }

    private static ConsumerGroupDescription group(String shard) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", system.kafka().bootstrapServers()))) {
            return admin.describeConsumerGroups(List.of("sync-" + shard))
                    .all()
                    .get(20, TimeUnit.SECONDS)
                    .values()
                    .iterator()
                    .next();
        }
    }

    /** Past the shard, which may be away: events of rows that are there, in every partition. */
    private static void sendStudents(String shard) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", system.kafka().bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sends = rows.students(shard, 0, 1).stream()
                    .limit(100)
                    .map(stno -> new ChangeEvent(shard, Entity.STUDENT, stno))
                    .map(event -> producer.send(
                            new ProducerRecord<>(Topics.events(shard), event.key(), EventJson.write(event))))
                    .toList();
            for (Future<RecordMetadata> send : sends) {
                send.get(20, TimeUnit.SECONDS);
            }
        }
    }

    private static ServiceProcess leaderOfAll() {
        // After a test before, the shards may have different leaders: the second is restarted until one has both.
        await().atMost(SOON)
                .until(() -> system.registrationServices().stream()
                                .flatMap(service ->
                                        Targets.SHARDS.stream().filter(shard -> Metrics.leads(service, shard)))
                                .count()
                        == Targets.SHARDS.size());
        ServiceProcess first = system.registrationServices().get(0);
        if (!leadsAll(first) && !leadsAll(other(first))) {
            other(first).stop();
            awaitLeader(first);
            other(first).start();
        }
        return leadsAll(first) ? first : other(first);
    }

    private static boolean leadsAll(ServiceProcess service) {
        return Targets.SHARDS.stream().allMatch(shard -> Metrics.leads(service, shard));
    }

    private static void awaitLeader(ServiceProcess service) {
        await().atMost(SOON).pollInterval(Duration.ofMillis(50)).until(() -> leadsAll(service));
    }

    private static ServiceProcess other(ServiceProcess service) {
        return system.registrationServices().stream()
                .filter(another -> another != service)
                .findFirst()
                .orElseThrow();
    }

    private static double lost(ServiceProcess service) {
        return Targets.SHARDS.stream()
                .mapToDouble(shard -> Metrics.value(service, "registration_relay_leadership_lost_total", shard))
                .sum();
    }

    private static String relayStatus(ServiceProcess service, String shard) {
        return Metrics.get(service, "/actuator/health/relay/" + shard)
                .path("status")
                .asString("");
    }

    /** Over HTTP, to whichever instance runs; in a section that nobody else uses. */
    private static void register(String shard, int student) {
        int stno = rows.students(shard, 0, 1).get(student);
        int secNo = rows.sections(shard).get(36);
        // A shard that has just come back is refused for some seconds more.
        await().atMost(SOON).until(() -> NeighbourLoad.register(running(), shard, stno, secNo), oneOf(200, 201));
    }

    private static ServiceProcess running() {
        return system.registrationServices().stream()
                .filter(service -> Metrics.get(service, "/actuator/health/readiness")
                        .path("status")
                        .asString("")
                        .equals("UP"))
                .findFirst()
                .orElseThrow();
    }

    private static void awaitEmptyOutbox() {
        await().atMost(SOON.multipliedBy(2))
                .until(() -> count("5433", "select count(*) from outbox") + count("5434", "select count(*) from outbox")
                        == 0);
    }

    private static long unmarked(String shard) throws SQLException {
        return count(shard, "select count(*) from registrations where synced_at is null");
    }

    private static long count(String shard, String query) throws SQLException {
        try (var connection = system.connect(Targets.shard(shard));
                var statement = connection.createStatement();
                var row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void sql(String shard, String change) throws SQLException {
        try (var connection = system.connect(Targets.shard(shard));
                var statement = connection.createStatement()) {
            statement.execute(change);
        }
    }

    private static void say(String text) {
        System.out.println("OutagesIT: " + text);
    }

    private static void say(String format, long begin) {
        say(String.format(Locale.ROOT, format, (System.nanoTime() - begin) / 1e9));
    }
}
