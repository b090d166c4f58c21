package ghidanh.chaos;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Students and sections of the shards, made before the first fault.
 *
 * @param students by shard; the writers share them out
 * @param sections by shard; the first ones are scarce, the first two also have their like on the other shard
 */
record SampleRows(Map<String, List<Integer>> students, Map<String, List<Integer>> sections) {

    private static final int STUDENTS = 1_000;

    private static final String REFERENCE = """
            insert into universities (u_id, name, sector)
            values (1, 'Bách khoa', 'public'), (11, 'Hoa Sen', 'private') on conflict do nothing;
            insert into courses (c_no, c_name, credits)
            select n, 'Giải tích ' || n, 3 from generate_series(1, 40) n on conflict do nothing;
            insert into instructors (ins_id, name) values (1, 'Trần Thị Bình') on conflict do nothing
            """;

    private static final String STUDENT = """
            insert into students (u_id, lname, mname, fname)
            select ?, 'Nguyễn', 'Thị', 'An ' || n from generate_series(1, ?) n returning stno
            """;

    // Halls 1 and 2 are the same on both shards, and so one section each on the master. No two stand in each other's
    // way.
    private static final String SECTION = """
            insert into sections (year, semester, time, hall, c_no, ins_id, capacity)
            select 2026, 1, 'Mon 7:00', case when n <= 2 then 'A' || n else 'B' || n || ' ' || ? end, n, 1,
                   case when n <= 8 then 5 * n * n else 5000 end
              from generate_series(1, 40) n returning sec_no
            """;

    static SampleRows make(RunningSystem system) throws SQLException {
        Map<String, List<Integer>> students = new HashMap<>();
        Map<String, List<Integer>> sections = new HashMap<>();
        for (String shard : Targets.SHARDS) {
            try (var connection = system.connect(Targets.shard(shard));
                    var statement = connection.createStatement()) {
                statement.execute(REFERENCE);
                students.put(shard, numbers(connection, STUDENT, shard.equals("5433") ? 1 : 11, STUDENTS));
                sections.put(shard, numbers(connection, SECTION, shard));
            }
        }
        return new SampleRows(students, sections);
    }

    private static List<Integer> numbers(Connection connection, String insert, Object... parameters)
            throws SQLException {
        try (var statement = connection.prepareStatement(insert)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            List<Integer> numbers = new ArrayList<>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    numbers.add(rows.getInt(1));
                }
            }
            return numbers;
        }
    }

    /** The share of one of {@code writers}. */
    List<Integer> students(String shard, int writer, int writers) {
        List<Integer> all = known(students, shard);
        return all.subList(all.size() * writer / writers, all.size() * (writer + 1) / writers);
    }

    List<Integer> sections(String shard) {
        return known(sections, shard);
    }

    private static List<Integer> known(Map<String, List<Integer>> all, String shard) {
        return Objects.requireNonNull(all.get(shard), shard);
    }
}
