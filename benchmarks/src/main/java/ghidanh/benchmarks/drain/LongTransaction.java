package ghidanh.benchmarks.drain;

import ghidanh.benchmarks.Target;
import ghidanh.servers.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;

/** What a transaction that holds back vacuum on the shard does to the lag of the whole path. */
final class LongTransaction {

    private static final int WRITES_PER_SECOND = 500;

    private final Installation installation;
    private final Duration open;

    /** @param open how long the transaction lasts; warm-up and the undisturbed phase are shorter in proportion */
    LongTransaction(Installation installation, Duration open) {
        this.installation = installation;
        this.open = open;
    }

    private record Lag(long rows, double p50, double p99) {}

    List<Target> measure() throws IOException, SQLException, ExecutionException, InterruptedException {
        try (ServiceProcess registration = installation.registrationService();
                ServiceProcess sync = installation.syncConsumer()) {
            sync.start();
            registration.start();
            try (Writer writer = new Writer(installation, WRITES_PER_SECOND, 1);
                    Connection reader = installation.connect(installation.shard())) {
                Thread.sleep(open.dividedBy(5).toMillis());
                Lag undisturbed = phase("undisturbed", open.multipliedBy(2).dividedBy(5), writer);
                reader.setAutoCommit(false);
                reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                try (Statement statement = reader.createStatement()) {
                    statement.execute("select count(*) from outbox");
                }
                Lag held = phase("transaction open", open, writer);
                double ratio = held.p99 / undisturbed.p99;
                return List.of(new Target(
                        String.format(
                                Locale.ROOT,
                                "Lag p99 while a transaction is open for %d s (undisturbed: %.1f ms)",
                                open.toSeconds(),
                                undisturbed.p99),
                        "at most 2.00 x",
                        String.format(Locale.ROOT, "%.2f x (%.1f ms)", ratio, held.p99),
                        ratio <= 2));
            }
        }
    }

    private Lag phase(String what, Duration length, Writer writer) throws SQLException, InterruptedException {
        Instant begin = Instant.now();
        long before = writer.count();
        long cpu = relayCpu();
        Thread.sleep(length.toMillis());
        double relay = (relayCpu() - cpu) / (double) length.toMillis();
        Instant end = Instant.now();
        Lag lag = lag(begin, end.minusSeconds(5));
        System.out.printf(
                Locale.ROOT,
                "%s: %.0f registrations/s, lag of %,d p50 %.1f ms, p99 %.1f ms; the relay's backend %.1f %% of a core%n",
                what,
                (writer.count() - before) / (double) length.toSeconds(),
                lag.rows,
                lag.p50,
                lag.p99,
                relay * 100);
        Instant part = begin;
        while (part.plusSeconds(60).compareTo(end) <= 0) {
            Lag minute = lag(part, part.plusSeconds(60));
            System.out.printf(Locale.ROOT, "  a minute: p50 %.1f ms, p99 %.1f ms%n", minute.p50, minute.p99);
            part = part.plusSeconds(60);
        }
        return lag;
    }

    /** From the registration on the shard to the commit on the master; both clocks are this machine's. */
    private Lag lag(Instant from, Instant to) throws SQLException {
        try (Connection master = installation.connect(installation.master());
                PreparedStatement statement = master.prepareStatement("""
                        select count(*), percentile_cont(0.5) within group (order by lag),
                               percentile_cont(0.99) within group (order by lag)
                          from (select extract(epoch from pg_xact_commit_timestamp(xmin) - created_at) * 1000 as lag
                                  from registrations
                                 where created_at between ? and ?) r
                        """)) {
            statement.setTimestamp(1, Timestamp.from(from));
            statement.setTimestamp(2, Timestamp.from(to));
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return new Lag(rows.getLong(1), rows.getDouble(2), rows.getDouble(3));
            }
        }
    }

    /** CPU time of the relay's session on the shard in milliseconds (Linux counts in ticks of 10). */
    private long relayCpu() throws SQLException {
        long pid = installation.number(
                installation.shard(),
                "select pid from pg_stat_activity where application_name = 'registration-service " + Installation.SHARD
                        + " relay'");
        try {
            String[] stat = Files.readString(Path.of("/proc/" + pid + "/stat"))
                    .replaceFirst(".*\\) ", "")
                    .split(" ", -1);
            return 10 * (Long.parseLong(stat[11]) + Long.parseLong(stat[12]));
        } catch (IOException e) {
            throw new IllegalStateException("The relay's session has ended", e);
        }
    }
}
