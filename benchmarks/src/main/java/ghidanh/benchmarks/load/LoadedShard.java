package ghidanh.benchmarks.load;

import ghidanh.benchmarks.Sql;
import ghidanh.benchmarks.load.Pairs.Pair;
import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.PostgresCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A shard with 100,000 students and 1,000 sections, and beside its tables the same ones without triggers, for pgbench. */
public final class LoadedShard {

    /** The schema of the tables without triggers. */
    public static final String YARDSTICK = "yardstick";

    private static final int PLENTY = 1_000_000;

    private static final List<String> LOAD = List.of(
            "insert into universities values (1, 'University 1', 'public'), (11, 'University 11', 'private')",
            "insert into courses select n, 'Databases', 3 from generate_series(1, %d) n".formatted(Pairs.SECTIONS),
            """
            insert into students (stno, u_id, lname, mname, fname)
            select n, 1, 'Nguyễn', 'Văn', 'An ' || n from generate_series(1, %d) n
            """.formatted(Pairs.STUDENTS),
            """
            insert into sections (sec_no, year, semester, time, hall, c_no, capacity)
            select n, 2026, 1, 'Mon 7:00', 'A' || n, n, %d from generate_series(1, %d) n
            """.formatted(PLENTY, Pairs.SECTIONS),
            "create schema yardstick",
            "create table yardstick.sections (like public.sections including all) with (fillfactor = 50)",
            """
            create table yardstick.registrations (
                like public.registrations including all,
                foreign key (stno) references public.students,
                foreign key (sec_no) references yardstick.sections
            ) with (fillfactor = 80)
            """,
            """
            create table yardstick.outbox (like public.outbox including all)
            with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
                  autovacuum_vacuum_insert_threshold = -1, autovacuum_vacuum_cost_delay = 0)
            """,
            "insert into yardstick.sections overriding system value select * from public.sections");

    // As synced: that is what old registrations are.
    private static final String FILL = """
            insert into registrations (stno, sec_no, synced_at)
            select (n * 7919 %% %1$d) + 1, ((n / %1$d) * 37 + n) %% %2$d + 1, now()
              from generate_series(%3$d::bigint, %4$d) n
            """;

    private static final String INSERT = """
            insert into registrations (stno, sec_no)
            select (n * 7919 %% %1$d) + 1, ((n / %1$d) * 37 + n) %% %2$d + 1
              from generate_series(%3$d::bigint, %4$d) n
            """;

    private static final List<String> EMPTY = List.of(
            "truncate public.registrations, public.registration_history, public.outbox, yardstick.registrations, yardstick.outbox",
            "update public.sections set enrolled = 0 where enrolled > 0",
            "update yardstick.sections set enrolled = 0 where enrolled > 0");

    private final PostgresCluster cluster;

    public LoadedShard(PostgresCluster cluster) {
        this.cluster = cluster;
    }

    public PostgresCluster cluster() {
        return cluster;
    }

    /** Fills the tables that the service made. */
    public void load() throws SQLException {
        withoutTriggers(LOAD);
        vacuum();
    }

    /** Takes all registrations away. */
    public void empty() throws SQLException {
        withoutTriggers(EMPTY);
        vacuum();
    }

    /** Puts so many synced registrations there, other ones than the clients will ask for. */
    public void fill(int registrations) throws SQLException {
        int first = Pairs.STUDENTS * 10;
        withoutTriggers(List.of(FILL.formatted(Pairs.STUDENTS, Pairs.SECTIONS, first, first + registrations - 1), """
                update sections s
                   set enrolled = t.taken
                  from (select sec_no, count(*) as taken from registrations group by sec_no) t
                 where s.sec_no = t.sec_no
                """));
        vacuum();
    }

    /** Makes so many registrations by plain SQL, triggers and all, from a place of {@link Pairs#spread} on. */
    public void insert(int place, int registrations) throws SQLException {
        Sql.execute(cluster, INSERT.formatted(Pairs.STUDENTS, Pairs.SECTIONS, place, place + registrations - 1));
    }

    public void capacity(int ofHot, int ofOthers) throws SQLException {
        withoutTriggers(List.of("update sections set capacity = case when sec_no <= %d then %d else %d end"
                .formatted(Pairs.HOT_SECTIONS, ofHot, ofOthers)));
    }

    public void plentyOfSeats() throws SQLException {
        capacity(PLENTY, PLENTY);
    }

    private void vacuum() throws SQLException {
        try (Connection connection = cluster.connect(EmbeddedStack.DATABASE);
                var statement = connection.createStatement()) {
            statement.execute("vacuum analyze");
            statement.execute("checkpoint");
        }
    }

    private void withoutTriggers(List<String> commands) throws SQLException {
        try (Connection connection = cluster.connect(EmbeddedStack.DATABASE);
                var statement = connection.createStatement()) {
            statement.execute("set session_replication_role = replica");
            for (String command : commands) {
                statement.execute(command);
            }
        }
    }

    public long number(String query) throws SQLException {
        return Sql.number(cluster, query);
    }

    public String text(String query) throws SQLException {
        try (Connection connection = cluster.connect(EmbeddedStack.DATABASE);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    /** The registrations there are, each with its number. */
    public Map<Pair, Long> registrations() throws SQLException {
        Map<Pair, Long> all = new HashMap<>();
        try (Connection connection = cluster.connect(EmbeddedStack.DATABASE);
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select stno, sec_no, reg_id from registrations")) {
            while (rows.next()) {
                all.put(new Pair(rows.getInt(1), rows.getInt(2)), rows.getLong(3));
            }
        }
        return all;
    }

    /** For each full section, when its last seat was taken, in microseconds since 1970. */
    public Map<Integer, Long> fullSince() throws SQLException {
        Map<Integer, Long> full = new HashMap<>();
        try (Connection connection = cluster.connect(EmbeddedStack.DATABASE);
                var statement = connection.createStatement();
                var rows = statement.executeQuery("""
                        select sec_no, (extract(epoch from max(r.created_at)) * 1000000)::bigint
                          from registrations r
                          join sections s using (sec_no)
                         group by sec_no, s.capacity
                        having count(*) = s.capacity
                        """)) {
            while (rows.next()) {
                full.put(rows.getInt(1), rows.getLong(2));
            }
        }
        return full;
    }
}
