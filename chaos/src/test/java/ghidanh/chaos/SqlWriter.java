package ghidanh.chaos;

import ghidanh.chaos.Ledger.Entry;
import ghidanh.chaos.Ledger.Seat;
import ghidanh.chaos.Ledger.State;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Somebody with psql on a shard: registers past the service, and changes students and sections. */
final class SqlWriter implements Load.Writer {

    private static final String SECTION_FULL = "23514";
    // No fault is to blame for these: data, constraint, statement, and the shard's own.
    private static final List<String> REFUSED = List.of("22", "23", "42", "RM");

    private static final String REGISTER = """
            insert into registrations (stno, sec_no)
            values (?, ?)
            returning reg_id
            """;
    private static final String WITHDRAW =
            "update registrations set status = 'withdrawn' where reg_id = ? returning reg_id";
    private static final String REGISTER_AGAIN =
            "update registrations set status = 'registered' where reg_id = ? returning reg_id";
    private static final String GIVE_MARK = "update registrations set mark = ? where reg_id = ? returning reg_id";
    private static final String RENAME = "update students set lname = ? where stno = ? returning stno";
    private static final String ADD_STUDENT = """
            insert into students (u_id, lname, fname)
            select u_id, 'Lê', 'Mới' from universities order by u_id limit 1 returning stno
            """;
    private static final String ADD_SEAT =
            "update sections set capacity = capacity + 1 where sec_no = ? returning sec_no";
    private static final String MOVE = "update sections set hall = ? where sec_no = ? returning sec_no";
    private static final String ADD_SECTION = """
            insert into sections (year, semester, time, hall, c_no, capacity)
            values (2026, 2, 'T3 4-6', ?, 1, 10)
            returning sec_no
            """;

    // Only these stay one section of both shards, whatever happens to the others.
    private static final int SHARED_SECTIONS = 2;

    private final RunningSystem system;
    private final String shard;
    private final List<Integer> students;
    private final List<Integer> sections;
    private final Ledger ledger;
    private final Random random;
    private @Nullable Connection connection;

    SqlWriter(
            RunningSystem system,
            String shard,
            List<Integer> students,
            List<Integer> sections,
            Ledger ledger,
            Random random) {
        this.system = system;
        this.shard = shard;
        this.students = students;
        this.sections = sections;
        this.ledger = ledger;
        this.random = random;
    }

    @Override
    public void write() {
        int drawn = random.nextInt(100);
        try {
            if (drawn < 75) {
                registration();
            } else if (drawn < 85) {
                execute(RENAME, "Phạm " + random.nextInt(1000), any(students));
            } else if (drawn < 88) {
                execute(ADD_STUDENT);
            } else if (drawn < 94) {
                execute(ADD_SEAT, any(sections));
            } else if (drawn < 98) {
                int unshared = SHARED_SECTIONS + random.nextInt(sections.size() - SHARED_SECTIONS);
                execute(MOVE, hall(), sections.get(unshared));
            } else {
                execute(ADD_SECTION, hall());
            }
            ledger.bySql.increment();
        } catch (SQLException e) {
            if (REFUSED.stream().anyMatch(String.valueOf(e.getSQLState())::startsWith)) {
                ledger.contradiction("psql on shard " + shard + " is refused: " + e.getMessage());
            }
            close(); // what was not told is left to the comparison of shard and master
        }
    }

    private String hall() {
        return "C" + random.nextInt(1_000_000) + " " + shard;
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private void registration() throws SQLException {
        long asked = System.nanoTime();
        var seat = new Seat(shard, any(students), any(sections));
        Entry known = ledger.of(seat);
        if (known != null && known.state() == State.UNKNOWN) {
            return;
        }
        try {
            Long regId = known == null ? null : known.regId();
            if (known == null || regId == null) {
                ledger.changed(seat, execute(REGISTER, seat.stno(), seat.secNo()), asked);
            } else if (known.state() == State.WITHDRAWN) {
                ledger.registered(seat, execute(REGISTER_AGAIN, regId), asked);
            } else if (random.nextBoolean()) {
                ledger.withdrawn(seat, execute(WITHDRAW, regId), asked);
            } else {
                execute(GIVE_MARK, random.nextInt(11), regId);
            }
        } catch (SQLException e) {
            if (SECTION_FULL.equals(e.getSQLState())) {
                ledger.full.increment();
                return;
            }
            ledger.unknown(seat, asked);
            throw e;
        }
    }

    private long execute(String sql, Object... parameters) throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = system.connect(Targets.shard(shard));
            connection = open;
        }
        try (var statement = open.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    @Override
    public void close() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                return; // the shard went away first
            }
        }
    }
}
