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
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Looks in the middle of the faults for a mark ahead of the master, and for a row of the master ahead of its shard. */
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
    private final Map<String, Long> twoLeaders = new HashMap<>();
    private int asked;
    private volatile long first = System.nanoTime(); // the first look may find one
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final Map<String, Long> rows = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "watch");

    Watch(RunningSystem system, Ledger ledger, History history) {
        this.system = system;
        this.ledger = ledger;
        this.history = history;
        thread.setUncaughtExceptionHandler((dead, error) -> violations.add("the watch died of " + error));
        thread.start();
    }

    /** {@link System#nanoTime()} of the first one. */
    OptionalLong firstViolation() {
        return violations.isEmpty() ? OptionalLong.empty() : OptionalLong.of(first);
    }

    List<String> violations() {
        return violations;
    }

    /** Rows looked at so far, for each thing that is looked for on each shard. */
    Map<String, Long> rows() {
        return rows;
    }

    private void run() {
        Map<String, AppliedEvents> applied = new HashMap<>();
        Targets.SHARDS.forEach(shard -> applied.put(shard, new AppliedEvents(system, shard)));
        try {
            while (!closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                for (String shard : Targets.SHARDS) {
                    look(shard);
                    ask(shard);
                    offsets(shard, Objects.requireNonNull(applied.get(shard)));
                    leaders(shard);
                    if (violations.isEmpty()) {
                        first = System.nanoTime();
                    }
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            applied.values().forEach(AppliedEvents::close);
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
                present.forEach((regId, row) -> violations.add("registration " + regId + " of shard " + shard
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
            violations.add("two relays lead shard " + shard);
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
        ServiceProcess service = system.registrationServices().get(asked++ % Targets.REGISTRATION.size());
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
                    violations.add(told + " is called synced, the master shows " + row);
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
                violations.add(
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
        thread.join();
    }
}
