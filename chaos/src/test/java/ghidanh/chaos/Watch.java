package ghidanh.chaos;

import ghidanh.chaos.Ledger.Seat;
import ghidanh.chaos.Ledger.Told;
import ghidanh.servers.ServiceProcess;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Looks in the middle of the faults for a mark ahead of the master, and for a row of the master ahead of its shard. Each shard
 * has a thread, since a look at a frozen one takes until its time-outs.
 */
final class Watch implements AutoCloseable {

    private static final long PAUSE_MILLIS = 1_000;

    private static final String NEW_MARKS = """
            select reg_id, version from registrations where synced_at > now() - interval '3 s'
            """;
    private static final String NEW_ON_MASTER = """
            select shard_reg_id, version from registrations where shard_name = ? and synced_at > now() - interval '3 s'
            """;
    private static final String ON_MASTER = """
            select shard_reg_id, version from registrations where shard_name = ? and shard_reg_id = any (?)
            """;
    private static final String ON_SHARD = """
            select reg_id, version from registrations where ?::text is not null and reg_id = any (?)
            """;

    private static final int ASKED = 10;
    // Longer than a relay's session lives without a word, and than a link that lets nothing pass.
    private static final Duration LONG = Duration.ofSeconds(25);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final RunningSystem system;
    private final Ledger ledger;
    private final History history;
    private final Map<String, Long> twoLeaders = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Long> first = new AtomicReference<>();
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final Map<String, Long> rows = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Thread> threads = Targets.SHARDS.stream()
            .map(shard -> new Thread(() -> run(shard), "watch-" + shard))
            .toList();

    Watch(RunningSystem system, Ledger ledger, History history) {
        this.system = system;
        this.ledger = ledger;
        this.history = history;
        for (Thread thread : threads) {
            thread.setUncaughtExceptionHandler((dead, error) -> violation(dead.getName() + " died of " + error));
            thread.start();
        }
    }

    private void violation(String what) {
        first.compareAndSet(null, System.nanoTime());
        violations.add(what);
    }

    /** {@link System#nanoTime()} of the first one. */
    OptionalLong firstViolation() {
        Long at = first.get();
        return at == null ? OptionalLong.empty() : OptionalLong.of(at);
    }

    List<String> violations() {
        return violations;
    }

    /** Rows looked at so far, for each thing that is looked for on each shard. */
    Map<String, Long> rows() {
        return rows;
    }

    private void run(String shard) {
        try (var applied = new AppliedEvents(system, shard)) {
            while (!closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                look(shard);
                ask(shard);
                offsets(shard, applied);
                leaders(shard);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether an offset is ahead of the master: what was read before it is there. */
    private void offsets(String shard, AppliedEvents applied) {
        if (history.doubtful().contains(shard)) {
            return;
        }
        int epoch = history.epoch();
        try (Connection onShard = system.connect(Targets.shard(shard));
                Connection onMaster = system.connect(Targets.MASTER)) {
            Long[] regIds = applied.registrations().toArray(Long[]::new);
            Map<Long, ShardRow> shown = ShardRow.onMaster(onMaster, shard, regIds);
            Map<Long, ShardRow> present = ShardRow.onShard(onShard, shard, regIds);
            if (history.epoch() == epoch) {
                rows.merge("before an offset of shard " + shard, (long) regIds.length, Long::sum);
                present.keySet().removeAll(shown.keySet());
                present.forEach((regId, row) -> violation("registration " + regId + " of shard " + shard
                        + " is before the offset and not on the master"));
            }
        } catch (SQLException e) {
            return; // a fault is on: nothing to be seen
        }
    }

    /** Whether two relays lead a shard, and not only until the one that was frozen knows. */
    private void leaders(String shard) {
        long leading = system.registrationServices().stream()
                .filter(service -> Metrics.leads(service, shard))
                .count();
        if (leading <= 1) {
            twoLeaders.remove(shard);
            return;
        }
        long now = System.nanoTime();
        if (now - twoLeaders.computeIfAbsent(shard, none -> now) > LONG.toNanos()) {
            violation("two relays lead shard " + shard);
            twoLeaders.remove(shard);
        }
    }

    private void look(String shard) {
        if (history.doubtful().contains(shard)) {
            return; // marks and rows of what was lost: the API has to know better
        }
        int epoch = history.epoch();
        try (Connection onShard = system.connect(Targets.shard(shard));
                Connection onMaster = system.connect(Targets.MASTER)) {
            // The follower first: what it has must be where it came from.
            Map<Long, Long> marked = versions(onShard, NEW_MARKS, null, null);
            Map<Long, Long> onTheOther = versions(onMaster, ON_MASTER, shard, marked);
            Map<Long, Long> arrived = versions(onMaster, NEW_ON_MASTER, shard, null);
            Map<Long, Long> source = versions(onShard, ON_SHARD, shard, arrived);
            if (history.epoch() == epoch) {
                compare("marked on shard " + shard, marked, onTheOther);
                compare("on the master from " + shard, arrived, source);
            }
        } catch (SQLException e) {
            return; // a fault is on: nothing to be seen
        }
    }

    /** Whether what the API calls synced, having asked the master, is what the master shows. */
    private void ask(String shard) throws InterruptedException {
        int epoch = history.epoch();
        List<Told> some = ledger.some(shard, ASKED);
        ServiceProcess service =
                system.registrationServices().get(ThreadLocalRandom.current().nextInt(Targets.REGISTRATION.size()));
        List<Told> synced = new ArrayList<>();
        try (Connection onMaster = system.connect(Targets.MASTER)) {
            for (Told told : some) {
                var request = HttpRequest.newBuilder(
                                service.address().resolve("/api/registrations/" + shard + "-" + told.regId()))
                        .timeout(Duration.ofSeconds(2));
                JsonNode answer = JSON.readTree(
                        http.send(request.build(), BodyHandlers.ofString()).body());
                // Where it cannot ask the master it says so, and goes by the shard's mark.
                if (answer.path("syncStatus").asString("").equals("SYNCED")
                        && answer.path("masterAvailable").asBoolean(true)) {
                    var seat = new Seat(
                            shard,
                            answer.path("stno").asInt(),
                            answer.path("secNo").asInt());
                    synced.add(new Told(seat, told.regId()));
                }
            }
            if (synced.isEmpty()) {
                return;
            }
            Map<Long, ShardRow> shown = ShardRow.onMaster(
                    onMaster, shard, synced.stream().map(Told::regId).toArray(Long[]::new));
            if (history.epoch() != epoch) {
                return; // the answers may be of a database that is gone
            }
            rows.merge("called synced on shard " + shard, (long) synced.size(), Long::sum);
            for (Told told : synced) {
                ShardRow row = shown.get(told.regId());
                if (row == null || !row.seat().equals(told.seat())) {
                    violation(told + " is called synced, the master shows " + row);
                }
            }
        } catch (IOException | SQLException e) {
            return; // a fault is on: nothing to be seen
        }
    }

    private void compare(String what, Map<Long, Long> follower, Map<Long, Long> source) {
        rows.merge(what, (long) follower.size(), Long::sum);
        follower.forEach((regId, version) -> {
            Long there = source.get(regId);
            if (there == null || there < version) {
                violation(
                        what + ": registration " + regId + " in version " + version + ", the other side has " + there);
            }
        });
    }

    private static Map<Long, Long> versions(
            Connection connection, String query, @Nullable String shard, @Nullable Map<Long, Long> of)
            throws SQLException {
        try (var statement = connection.prepareStatement(query)) {
            if (shard != null) {
                statement.setString(1, shard);
            }
            if (of != null) {
                statement.setArray(
                        2, connection.createArrayOf("bigint", of.keySet().toArray()));
            }
            Map<Long, Long> versions = new HashMap<>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    versions.put(rows.getLong(1), rows.getLong(2));
                }
            }
            return versions;
        }
    }

    /** Returns when it has ended; its findings are complete then. */
    @Override
    public void close() throws InterruptedException {
        closed.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
