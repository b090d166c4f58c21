package ghidanh.benchmarks.replay;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ghidanh.benchmarks.Target;
import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.StackSettings;
import ghidanh.embedded.StackSettings.PortChoice;
import ghidanh.embedded.Trees;
import ghidanh.sql.Migrations;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * A drift check of five million equal registrations, and of one changed among them. {@code --data=DIRECTORY} keeps the rows
 * for the next run, {@code --registrations} takes another number.
 */
final class Drift {

    private static final String SHARD = "5433";
    private static final double MOST_SECONDS = 20;
    private static final int SECTIONS = 10;
    private static final int SETTLE_SECONDS = 1;
    private static final int CHECKS = 3;

    private static final List<String> ON_SHARD = List.of(
            "insert into universities values (1, 'Đại học Bách khoa Hà Nội', 'public')",
            "insert into courses values (1, 'Giải tích', 3)",
            """
            insert into students (stno, u_id, fname, mname, lname, version)
            select n, 1, 'Đức', 'Minh', 'Nguyễn ' || n, n from generate_series(1, :students) n
            """,
            """
            insert into sections (sec_no, year, semester, time, hall, c_no, capacity, enrolled, version)
            select n, 2026, 1, 'T2 1-3', 'A' || n, 1, 10000000, :students, n from generate_series(1, :sections) n
            """,
            """
            insert into registrations (reg_id, stno, sec_no, created_at, synced_at, version)
            select (st - 1) * :sections + sec, st, sec, timestamptz '2026-09-01 07:00+07' + st * interval '1 ms', now(),
                   (st - 1) * :sections + sec
              from generate_series(1, :students) st, generate_series(1, :sections) sec
            """);

    private static final List<String> ON_MASTER = List.of(
            "insert into universities values (1, 'Đại học Bách khoa Hà Nội', 'public')",
            "insert into courses values (1, 'Giải tích', 3)",
            """
            insert into students (stno, u_id, fname, mname, lname)
            select n, 1, 'Đức', 'Minh', 'Nguyễn ' || n from generate_series(1, :students) n
            """,
            """
            insert into students_map (shard_name, shard_stno, master_stno, version)
            select '5433', n, n, n from generate_series(1, :students) n
            """,
            """
            insert into sections (sec_no, year, semester, time, hall, c_no, capacity)
            select n, 2026, 1, 'T2 1-3', 'A' || n, 1, 10000000 from generate_series(1, :sections) n
            """,
            """
            insert into sections_map (shard_name, shard_sec_no, master_sec_no, capacity, version)
            select '5433', n, n, 10000000, n from generate_series(1, :sections) n
            """,
            """
            insert into registrations (stno, sec_no, created_at, status, shard_name, shard_reg_id, version)
            select st, sec, timestamptz '2026-09-01 07:00+07' + st * interval '1 ms', 'registered', '5433',
                   (st - 1) * :sections + sec, (st - 1) * :sections + sec
              from generate_series(1, :students) st, generate_series(1, :sections) sec
            """);

    private final EmbeddedStack stack;
    private final Consumer consumer;
    private final int students;
    private final long begin = System.nanoTime();

    private Drift(EmbeddedStack stack, Consumer consumer, int students) {
        this.stack = stack;
        this.consumer = consumer;
        this.students = students;
    }

    public static void main(String[] arguments) throws Exception {
        List<String> others = new ArrayList<>(List.of(arguments));
        String kept = Replay.option(others, "data", "");
        int registrations = Integer.parseInt(Replay.option(others, "registrations", "5000000"));
        others.add("--ghidanh.sync.drift.interval=0");
        others.add("--ghidanh.sync.drift.watch=1h");
        others.add("--ghidanh.sync.drift.settle=" + SETTLE_SECONDS + "s");
        // Only the drift check is at work: nothing else goes through five million rows.
        others.add("--ghidanh.sync.sweep.interval=1h");

        Path directory = kept.isEmpty() ? Files.createTempDirectory("ghidanh-drift-") : Path.of(kept);
        var settings = StackSettings.in(directory.resolve("servers"))
                .withShards(List.of(SHARD))
                .withPorts(PortChoice.RANDOM)
                .withPostgresParameters(Replay.SERVER);
        boolean met;
        try (var stack = EmbeddedStack.start(settings)) {
            migrateShard(stack);
            try (var consumer = Consumer.start(stack, directory.resolve("sync-consumer"), others)) {
                met = new Drift(stack, consumer, registrations / SECTIONS).run();
            }
        } finally {
            if (kept.isEmpty()) {
                Trees.delete(directory);
            }
        }
        System.exit(met ? 0 : 1);
    }

    private static void migrateShard(EmbeddedStack stack) throws SQLException {
        ((Logger) LoggerFactory.getLogger("org.flywaydb")).setLevel(Level.WARN);
        Migrations.SHARD.migrate(stack.shard(SHARD).dataSource(EmbeddedStack.DATABASE));
    }

    private boolean run() throws Exception {
        try (Connection shard = stack.shard(SHARD).connect(EmbeddedStack.DATABASE);
                Connection master = stack.master().connect(EmbeddedStack.DATABASE)) {
            if (rows(shard) == 0) {
                fill(shard, ON_SHARD, "shard");
                fill(master, ON_MASTER, "master");
            }
            List<Double> seconds = new ArrayList<>();
            for (int i = 0; i < CHECKS; i++) {
                JsonNode equal = check();
                if (left(equal) != 0 || compared(equal) < (long) students * SECTIONS) {
                    throw new IllegalStateException("the copies should be equal: " + equal);
                }
                seconds.add(seconds(equal));
                say("%,d rows are equal, %.1f s", compared(equal), seconds(equal));
            }
            long changed = (long) students * SECTIONS / 3;
            update(
                    master,
                    "update registrations set mark = 9.5 where shard_name = '5433' and shard_reg_id = " + changed);
            JsonNode found = check();
            update(
                    master,
                    "update registrations set mark = null where shard_name = '5433' and shard_reg_id = " + changed);
            String named = found.path("report")
                    .path(SHARD)
                    .path("entities")
                    .path("registration")
                    .path("different")
                    .path("examples")
                    .toString();
            double sought = seconds(found) - SETTLE_SECONDS;
            say("one changed row: %s, %.1f s and the settling time", named, sought);

            double middle = seconds.stream().sorted().toList().get(CHECKS / 2);
            String rows = String.format(
                    Locale.ROOT, "%,d registrations of %,d students", (long) students * SECTIONS, students);
            System.out.println();
            Target.print(List.of(
                    new Target(
                            rows + ", equal",
                            String.format(Locale.ROOT, "less than %.0f s", MOST_SECONDS),
                            String.format(Locale.ROOT, "%.1f s (of %d checks)", middle, CHECKS),
                            middle < MOST_SECONDS),
                    new Target(
                            "one changed row among them",
                            "found and named",
                            String.format(Locale.ROOT, "%s in %.1f s and the settling time", named, sought),
                            left(found) == 1 && named.equals("[" + changed + "]"))));
            return middle < MOST_SECONDS && left(found) == 1 && named.equals("[" + changed + "]");
        }
    }

    private void fill(Connection session, List<String> statements, String name) throws SQLException {
        try (var statement = session.createStatement()) {
            // Rows alone: no outbox, no counting of seats.
            statement.execute("set session_replication_role = replica");
            statement.execute("set synchronous_commit = off");
            for (String insert : statements) {
                statement.execute(insert.replace(":students", String.valueOf(students))
                        .replace(":sections", String.valueOf(SECTIONS)));
            }
            statement.execute("vacuum analyze");
            statement.execute("checkpoint");
        }
        say("the %s has %,d registrations", name, (long) students * SECTIONS);
    }

    private static long rows(Connection session) throws SQLException {
        try (var statement = session.createStatement();
                var count = statement.executeQuery("select count(*) from registrations")) {
            count.next();
            return count.getLong(1);
        }
    }

    private static void update(Connection session, String change) throws SQLException {
        try (var statement = session.createStatement()) {
            if (statement.executeUpdate(change) != 1) {
                throw new IllegalStateException("there is no such row: " + change);
            }
        }
    }

    private JsonNode check() throws Exception {
        return consumer.finished(consumer.start("/api/drift-checks", "{\"shard\": \"" + SHARD + "\"}"));
    }

    private static double seconds(JsonNode job) {
        return job.path("report").path(SHARD).path("seconds").doubleValue();
    }

    private static long compared(JsonNode job) {
        return job.path("counts").path("compared").longValue();
    }

    private static long left(JsonNode job) {
        JsonNode counts = job.path("counts");
        return counts.path("missing").longValue()
                + counts.path("extra").longValue()
                + counts.path("different").longValue();
    }

    private void say(String format, Object... values) {
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf(Locale.ROOT, "[%5.1f s] %s%n", seconds, String.format(Locale.ROOT, format, values));
    }
}
