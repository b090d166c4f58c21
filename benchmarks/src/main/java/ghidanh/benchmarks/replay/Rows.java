package ghidanh.benchmarks.replay;

import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.PostgresCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

/**
 * Students, sections and registrations on a shard, made by SQL. The first students have registered for all sections, so
 * that there is something to replay; the others are those who register live.
 *
 * @param taken students who have registered for everything
 * @param live students who have not registered yet
 */
record Rows(PostgresCluster shard, int taken, int live, int sections) {

    private static final String REFERENCE = """
            insert into universities values (1, 'Đại học Bách khoa Hà Nội', 'public') on conflict do nothing;
            insert into courses values (1, 'Giải tích', 3) on conflict do nothing;
            """;

    private static final String STUDENTS = """
            insert into students (stno, u_id, fname, mname, lname)
            select n, 1, 'Đức', 'Minh', 'Nguyễn ' || n from generate_series(1, %d) n
            """;

    private static final String SECTIONS = """
            insert into sections (sec_no, year, semester, time, hall, c_no, capacity)
            select n, 2026, 1, 'T2 1-3', 'A' || n, 1, 10000000 from generate_series(1, %d) n
            """;

    private static final String REGISTRATIONS = """
            insert into registrations (stno, sec_no)
            select st, sec from generate_series(1, %d) st, generate_series(1, %d) sec
            """;

    /** Everything, by the triggers with an outbox row each. */
    void load() throws SQLException {
        try (Connection session = shard.connect(EmbeddedStack.DATABASE);
                var statement = session.createStatement()) {
            statement.execute(REFERENCE);
            statement.execute(String.format(Locale.ROOT, STUDENTS, taken + live));
            statement.execute(String.format(Locale.ROOT, SECTIONS, sections));
            statement.execute(String.format(Locale.ROOT, REGISTRATIONS, taken, sections));
            statement.execute("vacuum analyze");
        }
    }

    int registrations() {
        return taken * sections;
    }

    /** A place that nobody else takes; body of a request. */
    String liveRegistration(int number) {
        int section = number / live;
        if (section >= sections) {
            throw new IllegalStateException("all " + live + " students have registered for everything");
        }
        return String.format(
                Locale.ROOT,
                "{\"shard\":\"%s\",\"stno\":%d,\"secNo\":%d}",
                Replay.SHARD,
                taken + number % live + 1,
                section + 1);
    }
}
