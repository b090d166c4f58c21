package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/**
 * Writes by plain SQL on a shard whatever the types of its columns allow, as a client without manners may, while the rows are
 * synced. {@code -Dghidanh.rows.seconds} and {@code -Dghidanh.rows.seed} say for how long and what.
 */
class AnyRowsIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String SHARD = "anything";
    private static final Duration WRITING = Duration.ofSeconds(Long.getLong("ghidanh.rows.seconds", 8));
    private static final long SEED = Long.getLong("ghidanh.rows.seed", 16);

    /** The ordinary first, here and below. */
    private static final List<String> TEXTS = List.of(
            "Nguyễn Đức",
            "",
            " ",
            "\t\r\n",
            "Nguye\u0302\u0303n Đu\u031b\u0301c",
            "\u00d0\u1ee9c",
            "a\u00a0b\u200b\u200d\ufeff",
            "\u202eمحمد",
            "ไทย 漢字 👩‍👩‍👧‍👦",
            "\u0001\u001b[31m\u007f\u0085",
            "\ufffe\uffff",
            "'; drop table students; --",
            "\\N",
            "null",
            "{\"a\": [1, \"\\u0000\"]}",
            "<script>alert(1)</script>",
            "%s %n $1 ?",
            "a\u0000b",
            "x".repeat(200),
            "👍".repeat(200),
            "x".repeat(201),
            "ễ".repeat(9_600));

    private static final List<String> NUMBERS = List.of(
            "2", "-2147483648", "-1", "0", "1", "3", "32768", "2147483647", "2147483648", "9223372036854775807", "1.5");
    private static final List<String> MARKS = List.of(
            "7.25",
            "0",
            "10",
            "10.001",
            "9.995",
            "-0.001",
            "-0.01",
            "0.1e1",
            "99.99",
            "100",
            "NaN",
            "Infinity",
            "1e400");
    private static final List<String> TIMES = List.of(
            "now",
            "infinity",
            "-infinity",
            "4713-01-01 BC",
            "0001-01-01",
            "1899-12-31 23:59:59.999999+00",
            "1900-01-01 00:00:00+00",
            "1970-01-01 00:00:00+00",
            "2026-10-25 02:30:00 Europe/Berlin",
            "2199-12-31 23:59:59.999999+00",
            "2200-01-01 00:00:00+00",
            "10000-01-01",
            "294276-12-31");
    private static final List<String> DATES =
            List.of("2004-02-29", "infinity", "-infinity", "4713-01-01 BC", "0001-01-01", "5874897-12-31", "now");
    private static final List<String> STATES = List.of("registered", "withdrawn", "REGISTERED", "");

    /** Columns by table; those of one kind take values of it, and sometimes of another. */
    private static final Map<String, Map<String, List<String>>> TABLES = new TreeMap<>(Map.of(
            "courses", Map.of("c_no", NUMBERS, "c_name", TEXTS, "credits", NUMBERS),
            "instructors", Map.of("ins_id", NUMBERS, "name", TEXTS),
            "universities", Map.of("u_id", NUMBERS, "name", TEXTS, "sector", List.of("public", "private", "")),
            "students", students(),
            "sections",
                    Map.of(
                            "sec_no",
                            NUMBERS,
                            "year",
                            NUMBERS,
                            "semester",
                            NUMBERS,
                            "time",
                            TEXTS,
                            "hall",
                            TEXTS,
                            "c_no",
                            NUMBERS,
                            "ins_id",
                            NUMBERS,
                            "capacity",
                            NUMBERS,
                            "enrolled",
                            List.of("0", "1")),
            "registrations",
                    Map.of(
                            "reg_id",
                            NUMBERS,
                            "stno",
                            NUMBERS,
                            "sec_no",
                            NUMBERS,
                            "created_at",
                            TIMES,
                            "synced_at",
                            TIMES,
                            "mark",
                            MARKS,
                            "status",
                            STATES,
                            "version",
                            NUMBERS)));

    private static final Map<String, String> KEYS = Map.of(
            "courses",
            "c_no",
            "instructors",
            "ins_id",
            "universities",
            "u_id",
            "students",
            "stno",
            "sections",
            "sec_no",
            "registrations",
            "reg_id");

    /** Columns that the table fills in by itself, as it gives numbers to students, sections and registrations. */
    private static final List<String> KEPT = List.of("version", "enrolled", "synced_at");

    private static final Map<String, String> REFERRED = Map.of(
            "u_id",
            "universities",
            "c_no",
            "courses",
            "ins_id",
            "instructors",
            "stno",
            "students",
            "sec_no",
            "sections");

    private static final Pattern READABLE =
            Pattern.compile("the (master|shard) (refuses|has) [^\\n]{10,}", Pattern.DOTALL);

    private static Map<String, List<String>> students() {
        Map<String, List<String>> columns = new HashMap<>();
        columns.put("stno", NUMBERS);
        for (String number : List.of("u_id", "col_id", "dep_id", "version")) {
            columns.put(number, NUMBERS);
        }
        for (String text : List.of("fname", "mname", "lname", "st_address", "prog_degree")) {
            columns.put(text, TEXTS);
        }
        columns.put("gender", List.of("M", "F", "X", ""));
        columns.put("dob", DATES);
        return columns;
    }

    private final Random random = new Random(SEED);
    private int accepted;
    private int refused;

    @Test
    void whatever_a_shard_takes_is_on_the_master_or_a_dead_letter_that_says_why() throws SQLException {
        Map<String, Object> settings = new HashMap<>(Jobbing.QUIET);
        settings.put("ghidanh.sync.sweep.interval", "1s");
        settings.put("ghidanh.sync.sweep.settle", "1s");
        try (ConfigurableApplicationContext consumer = SyncStack.startReadyConsumer(List.of(SHARD), settings)) {
            Rest rest = Rest.of(consumer);
            SyncStack.newRegistration(SHARD);
            write();
            Jobbing.relay(SHARD);

            Map<String, String> dead = new HashMap<>();
            await().atMost(SOON).untilAsserted(() -> {
                dead.putAll(deadLetters(rest));
                assertThat(notOnMaster())
                        .as("seed %d: rows neither on the master nor dead letters", SEED)
                        .allMatch(dead::containsKey);
            });

            assertThat(accepted).as("rows taken").isGreaterThan(200);
            assertThat(refused).as("rows refused").isGreaterThan(100);
            assertThat(dead.values())
                    .allMatch(message -> READABLE.matcher(message).matches());
            assertEverythingAnswers(consumer, rest);
            System.out.printf(
                    "AnyRowsIT: seed %d, %d s: %,d statements taken, %,d refused by the shard, %d dead letters%n",
                    SEED, WRITING.toSeconds(), accepted, refused, dead.size());
        }
    }

    private static void assertEverythingAnswers(ConfigurableApplicationContext consumer, Rest rest) {
        for (String path : List.of(
                "/api/shards",
                "/api/jobs",
                "/api/drift",
                "/api/lost-registrations?shard=" + SHARD,
                "/api/dead-letters?shard=" + SHARD,
                "/actuator/health/readiness",
                "/actuator/health/loops",
                "/actuator/health/outages",
                "/actuator/prometheus")) {
            assertThat(rest.get(path).status()).as(path).isEqualTo(200);
        }
        assertThat(rest.post("/api/sync", "").status()).isEqualTo(200);
        JsonNode check = Jobbing.run(
                consumer, "/api/drift-checks", "{\"shard\": \"%s\", \"reason\": \"any rows\"}".formatted(SHARD));
        assertThat(check.path("state").asString()).as(check.toString()).isEqualTo("DONE");
        JsonNode dry =
                Jobbing.run(consumer, "/api/resyncs", "{\"shard\": \"%s\", \"reason\": \"any rows\"}".formatted(SHARD));
        assertThat(dry.path("state").asString()).as(dry.toString()).isEqualTo("DONE");
    }

    private void write() throws SQLException {
        long end = System.nanoTime() + WRITING.toNanos();
        try (Connection connection = SyncStack.connect(SHARD)) {
            for (int n = 1; System.nanoTime() < end; n++) {
                writeOne(connection);
                if (n % 100 == 0) {
                    Jobbing.relay(SHARD);
                }
            }
        }
    }

    private void writeOne(Connection connection) {
        List<String> tables = List.copyOf(TABLES.keySet());
        String table = random.nextInt(3) == 0 ? "registrations" : tables.get(random.nextInt(tables.size()));
        Map<String, List<String>> columns = Objects.requireNonNull(TABLES.get(table));
        String key = KEYS.get(table);
        List<String> names = new ArrayList<>(new TreeMap<>(columns).keySet());
        boolean change = random.nextInt(3) == 0;
        if (change) {
            names = List.of(names.get(random.nextInt(names.size())));
        } else {
            names.removeIf(
                    name -> random.nextInt(20) > 0 && (name.equals(key) || KEPT.contains(name)) && isNumbered(table));
        }
        String sql = change
                ? "update %1$s set %2$s = ? where %3$s = (select %3$s from %1$s order by random() limit 1)"
                        .formatted(table, names.get(0), key)
                : "insert into %s (%s) values (%s)"
                        .formatted(
                                table,
                                String.join(", ", names),
                                String.join(
                                        ", ", names.stream().map(name -> "?").toList()));
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < names.size(); i++) {
                String name = names.get(i);
                List<String> kind = Objects.requireNonNull(columns.get(name));
                statement.setObject(i + 1, value(connection, name, name.equals(key), kind), Types.OTHER);
            }
            accepted += statement.executeUpdate();
        } catch (SQLException e) {
            assertThat(e.getSQLState()).as(sql).doesNotStartWith("XX").doesNotStartWith("08");
            refused++;
        }
    }

    private static boolean isNumbered(String table) {
        return List.of("students", "sections", "registrations").contains(table);
    }

    /** Mostly the ordinary, or a number that is there where another table's is meant; now and then nothing. */
    private @Nullable String value(Connection connection, String column, boolean isKey, List<String> kind)
            throws SQLException {
        int drawn = random.nextInt(40);
        if (drawn == 0) {
            return null;
        }
        if (drawn < 5) {
            return kind.get(random.nextInt(kind.size()));
        }
        if (isKey) {
            return String.valueOf(random.nextInt(1_000_000));
        }
        String table = REFERRED.get(column);
        if (table == null) {
            return kind.get(0);
        }
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(
                        "select %s from %s order by random() limit 1".formatted(column, table))) {
            return row.next() ? row.getString(1) : kind.get(0);
        }
    }

    /** Rows of the shard, as their events name them, that the master lacks or shows otherwise. */
    private static List<String> notOnMaster() {
        return SyncStack.master().sql("""
                        select 'student:' || f.stno
                          from students_anything f
                          left join students_map m on m.shard_name = 'anything' and m.shard_stno = f.stno
                          left join students s on s.stno = m.master_stno
                         where (f.u_id, f.col_id, f.dep_id, f.fname, f.mname, f.lname, null::text, f.gender, f.prog_degree, null::date)
                               is distinct from
                               (s.u_id, s.col_id, s.dep_id, s.fname, s.mname, s.lname, s.st_address, s.gender, s.prog_degree, s.dob)
                         union all
                        select 'section:' || f.sec_no
                          from sections_anything f
                          left join sections_map m on m.shard_name = 'anything' and m.shard_sec_no = f.sec_no
                          left join sections s on s.sec_no = m.master_sec_no
                         where (f.year, f.semester, f.time, f.hall, f.c_no, f.ins_id, f.capacity)
                               is distinct from (s.year, s.semester, s.time, s.hall, s.c_no, s.ins_id, m.capacity)
                         union all
                        select 'registration:' || f.reg_id
                          from registrations_anything f
                          left join registrations r on r.shard_name = 'anything' and r.shard_reg_id = f.reg_id
                          left join students_map sm on sm.shard_name = 'anything' and sm.master_stno = r.stno
                          left join sections_map cm on cm.shard_name = 'anything' and cm.master_sec_no = r.sec_no
                         where (f.stno, f.sec_no, f.created_at, f.mark, f.status, f.version)
                               is distinct from (sm.shard_stno, cm.shard_sec_no, r.created_at, r.mark, r.status, r.version)
                        """).query(String.class).list();
    }

    private static Map<String, String> deadLetters(Rest rest) {
        Map<String, String> messages = new HashMap<>();
        rest.get("/api/dead-letters?limit=500&shard=" + SHARD)
                .body()
                .path("deadLetters")
                .forEach(letter -> messages.put(
                        letter.path("key").asString(), letter.path("message").asString()));
        return messages;
    }
}
