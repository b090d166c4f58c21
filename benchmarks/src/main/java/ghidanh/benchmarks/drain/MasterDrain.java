package ghidanh.benchmarks.drain;

import ghidanh.benchmarks.Target;
import ghidanh.embedded.PostgresCluster.StopMode;
import ghidanh.servers.ServiceProcess;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongPredicate;

/** Kafka to master, marks included, against one statement that copies the same rows. */
final class MasterDrain {

    private static final double WANTED_RATIO = 0.7;
    private static final double WANTED = 26_000;

    private static final long POLL_MILLIS = 250;

    private final Installation installation;

    MasterDrain(Installation installation) {
        this.installation = installation;
    }

    List<Target> measure() throws IOException, SQLException, InterruptedException {
        long rows = installation.number(installation.shard(), "select count(*) from registrations");
        double yardstick = yardstick(rows);
        List<Target> targets = new ArrayList<>();
        try (ServiceProcess consumer = installation.syncConsumer()) {
            double started = drain(rows, () -> new Thread(consumer::start, "start").start());
            targets.addAll(targets("a service just started, JVM cold", rows, started, yardstick));

            consumer.start(); // returns when it is ready
            awaitDriftCheck();
            emptyMaster();
            installation.master().stop(StopMode.FAST);
            installation.refill(Drain.REGISTRATIONS);
            publishAll();
            double running = drain(Drain.REGISTRATIONS, installation.master()::start);
            targets.addAll(targets("a running service, the master was away", Drain.REGISTRATIONS, running, yardstick));
        }
        targets.add(equality(Drain.REGISTRATIONS));
        return targets;
    }

    private static List<Target> targets(String who, long rows, double rate, double yardstick) {
        double ratio = rate / yardstick;
        return List.of(
                new Target(
                        String.format(Locale.ROOT, "Kafka to master with marks, %,d rows, %s", rows, who),
                        "at least 26,000 rows/s",
                        String.format(Locale.ROOT, "%,.0f rows/s", rate),
                        rate >= WANTED),
                new Target(
                        String.format(Locale.ROOT, "the same against one insert .. select (%,.0f rows/s)", yardstick),
                        "at least 0.70 x",
                        String.format(Locale.ROOT, "%.2f x", ratio),
                        ratio >= WANTED_RATIO));
    }

    /** Leaves the master without registrations. */
    private double yardstick(long rows) throws SQLException {
        installation.execute(installation.master(), "checkpoint");
        long start = System.nanoTime();
        installation.execute(installation.master(), """
                insert into registrations
                       (stno, sec_no, created_at, mark, status, shard_name, shard_reg_id, version)
                select s.master_stno, c.master_sec_no, f.created_at, f.mark, f.status, '5433', f.reg_id, f.version
                  from registrations_5433 f
                  join students_map s on s.shard_name = '5433' and s.shard_stno = f.stno
                  join sections_map c on c.shard_name = '5433' and c.shard_sec_no = f.sec_no
                """);
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                Locale.ROOT, "One insert .. select: %,d rows in %.1f s, %,.0f rows/s%n", rows, seconds, rows / seconds);
        emptyMaster();
        return rows / seconds;
    }

    private void emptyMaster() throws SQLException {
        installation.execute(installation.master(), "truncate registrations restart identity");
        installation.execute(installation.master(), "vacuum analyze registrations");
        installation.execute(installation.master(), "checkpoint");
    }

    /** A scheduled check in the middle of a catch-up would be measured with it. */
    private void awaitDriftCheck() throws SQLException, InterruptedException {
        while (installation.number(
                        installation.master(),
                        "select count(*) from jobs where kind = 'drift_check' and shard = '5433' and state = 'done'")
                == 0) {
            Thread.sleep(POLL_MILLIS);
        }
    }

    private void publishAll() throws IOException, SQLException, InterruptedException {
        installation.fillOutbox();
        try (ServiceProcess service = installation.registrationService()) {
            service.start();
            installation.awaitEmptyOutbox();
        }
    }

    /** Rows per second from the first rows written on the master to the last mark, which no row has before it is there. */
    private double drain(long rows, Runnable beginning) throws SQLException, InterruptedException {
        beginning.run();
        // Not max(reg_id), which passes over all rows that are not committed yet: 5 % of a core at this pace.
        try (Progress onMaster = new Progress(
                        installation.connect(installation.master()),
                        "select coalesce(pg_sequence_last_value('registrations_reg_id_seq'), 0)");
                Progress unmarked = new Progress(
                        installation.connect(installation.shard()),
                        "select count(*) from (select from registrations where synced_at is null limit 1) r")) {
            long first = onMaster.await(last -> last > 0);
            long start = System.nanoTime();
            onMaster.await(last -> last >= rows);
            unmarked.await(left -> left == 0);
            double seconds = (System.nanoTime() - start) / 1e9;
            double rate = (rows - first) / seconds;
            System.out.printf(
                    Locale.ROOT,
                    "Kafka to master: %,d rows with marks in %.1f s, %,.0f rows/s%n",
                    rows - first,
                    seconds,
                    rate);
            return rate;
        }
    }

    /** A number asked for over one connection, so that the asking costs next to nothing. */
    private record Progress(Connection connection, String sql) implements AutoCloseable {

        /** The first number that is enough. */
        long await(LongPredicate enough) throws SQLException, InterruptedException {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                long number = number(statement);
                for (long told = System.nanoTime(); !enough.test(number); number = number(statement)) {
                    Thread.sleep(POLL_MILLIS);
                    if (System.nanoTime() - told > 5_000_000_000L) {
                        told = System.nanoTime();
                        System.out.printf(Locale.ROOT, "  %,d%n", number);
                    }
                }
                return number;
            }
        }

        private static long number(PreparedStatement statement) throws SQLException {
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    private Target equality(long rows) throws SQLException {
        long onMaster = installation.number(installation.master(), "select count(*) from registrations");
        long unmarked =
                installation.number(installation.shard(), "select count(*) from registrations where synced_at is null");
        long different = installation.number(installation.master(), """
                select count(*)
                  from unnest('{student,section,registration}'::text[]) as entity
                 cross join lateral drift_buckets('5433', entity) b
                 where b.same is not true
                """);
        return new Target(
                "Shard and master afterwards",
                String.format(Locale.ROOT, "%,d rows, all marked, no drift", rows),
                String.format(Locale.ROOT, "%,d rows, %d unmarked, %d buckets differ", onMaster, unmarked, different),
                onMaster == rows && unmarked == 0 && different == 0);
    }
}
