package ghidanh.registration;

import ghidanh.servers.PostgresServer;
import ghidanh.servers.TestServers;
import ghidanh.sql.Migrations;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The embedded databases, with rows as tests need them. Rows are never deleted, so each test makes its own. */
public final class Databases {

    private static final AtomicInteger NEXT = new AtomicInteger(1000);

    private static final class Prepared {
        static final TestServers SERVERS = prepared(TestServers.shared());
    }

    private Databases() {}

    public static PostgresServer master() {
        return Prepared.SERVERS.master();
    }

    public static PostgresServer shard(String name) {
        return Prepared.SERVERS.shard(name);
    }

    /** What service and consumer do when they start: a test may make its rows before. */
    private static TestServers prepared(TestServers servers) {
        try {
            Migrations.MASTER.migrate(servers.master().dataSource(TestServers.DATABASE));
            for (Map.Entry<String, PostgresServer> entry : servers.shards().entrySet()) {
                PostgresServer shard = entry.getValue();
                Migrations.SHARD.migrate(shard.dataSource(TestServers.DATABASE));
                text(
                        servers.master(),
                        "select attach_shard(?, ?, ?, ?, ?)",
                        entry.getKey(),
                        shard.fdwHost(),
                        shard.fdwPort(),
                        shard.user(),
                        shard.password());
            }
            return servers;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the consumer does for each event: brings registrations to the master, in a transaction; then marks them. */
    public static void sync(String shard, long... regIds) {
        bring(shard, regIds);
        text(master(), "select mark_synced(?, ?)::text", shard, regIds);
    }

    /** As {@link #sync} until the sync mark, which is late or lost. */
    public static void bring(String shard, long... regIds) {
        text(master(), "select string_agg(outcome, ',') from sync_registrations_remapped(?, ?)", shard, regIds);
    }

    /** A student of a new number on this shard. */
    public static int student(String shard, int uId, String lname, String mname, String fname) {
        return student(shard, NEXT.incrementAndGet(), uId, lname, mname, fname);
    }

    public static int student(String shard) {
        return student(shard, shard.equals("5433") ? 1 : 11, "Trần", "Thị", "Bình");
    }

    public static int student(String shard, int stno, int uId, String lname, String mname, String fname) {
        execute(
                shard(shard),
                "insert into universities values (?, ?, 'public') on conflict do nothing",
                uId,
                "University " + uId);
        execute(
                shard(shard),
                "insert into students (stno, u_id, lname, mname, fname) values (?, ?, ?, ?, ?)",
                stno,
                uId,
                lname,
                mname,
                fname);
        return stno;
    }

    /** So many students of this shard; returns the first of their numbers, which follow each other. */
    public static int students(String shard, int count) {
        int first = NEXT.addAndGet(count + 1) - count;
        execute(shard(shard), "insert into universities values (1, 'University 1', 'public') on conflict do nothing");
        execute(shard(shard), """
                insert into students (stno, u_id, lname, mname, fname)
                select n, 1, 'Trần', 'Thị', 'Bình' from generate_series(?, ?) n
                """, first, first + count - 1);
        return first;
    }

    /** A section of the present term, of a course of its own, at a time that clashes with none. */
    public static int section(String shard, int capacity) {
        return section(shard, capacity, 2026, 1);
    }

    public static int section(String shard, int capacity, int year, int semester) {
        int secNo = NEXT.incrementAndGet();
        execute(shard(shard), "insert into courses values (?, 'Databases', 3)", secNo);
        execute(
                shard(shard),
                "insert into sections (sec_no, year, semester, time, hall, c_no, capacity) values (?, ?, ?, 'Mon 7:00', ?, ?, ?)",
                secNo,
                year,
                semester,
                "A" + secNo,
                secNo,
                capacity);
        return secNo;
    }

    /** How many writers of the service wait for somebody's lock on this shard. */
    public static long writersThatWaitForALock(String shard) {
        return count(shard(shard), """
                select count(*)
                  from pg_stat_activity
                 where application_name = ?
                   and wait_event_type = 'Lock'
                """, "registration-service " + shard + " write");
    }

    public static long count(PostgresServer cluster, String query, Object... parameters) {
        return Long.parseLong(text(cluster, query, parameters));
    }

    public static String text(PostgresServer cluster, String query, Object... parameters) {
        try (Connection connection = cluster.connect(TestServers.DATABASE);
                PreparedStatement statement = connection.prepareStatement(query)) {
            set(statement, parameters);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return String.valueOf(rows.getString(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public static void execute(PostgresServer cluster, String command, Object... parameters) {
        try (Connection connection = cluster.connect(TestServers.DATABASE);
                PreparedStatement statement = connection.prepareStatement(command)) {
            set(statement, parameters);
            statement.execute();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void set(PreparedStatement statement, Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
    }
}
