package ghidanh.chaos;

import ghidanh.servers.ServiceProcess;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Registrations on one shard at a steady pace, and how long they take to the master. */
final class NeighbourLoad implements AutoCloseable {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    // Long after what was registered must have arrived.
    private static final Duration ARRIVAL = Duration.ofSeconds(15);

    private static final String REGISTERED = """
            select count(*)::text from registrations where created_at between ?::timestamptz and ?::timestamptz
            """;
    private static final String LAG = """
            select count(*),
                   coalesce(percentile_cont(0.5) within group (order by lag), 0),
                   coalesce(percentile_cont(0.99) within group (order by lag), 0),
                   coalesce(max(lag), 0)
              from (select extract(epoch from synced_at - created_at) * 1000 as lag
                      from registrations
                     where shard_name = ?
                       and created_at between ?::timestamptz and ?::timestamptz) r
            """;

    private final RunningSystem system;
    private final SampleRows rows;
    private final String shard;
    private final long pauseNanos;
    private final FutureTask<?> writing = new FutureTask<>(this::run, null);
    private final AtomicLong failed = new AtomicLong();
    private volatile boolean running = true;

    /**
     * How registrations of a time fared.
     *
     * @param arrived on the master, as far as that was waited for
     * @param missing registered and not arrived
     * @param failed requests that were not answered with 200 or 201
     * @param p50 lag in milliseconds, as the others
     */
    record Lag(long arrived, long missing, long failed, double p50, double p99, double longest) {

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%,5d registrations, %d failed, %d did not arrive; lag p50 %.0f ms, p99 %.0f ms, longest %.0f ms",
                    arrived + missing,
                    failed,
                    missing,
                    p50,
                    p99,
                    longest);
        }
    }

    NeighbourLoad(RunningSystem system, SampleRows rows, String shard, int perSecond) {
        this.system = system;
        this.rows = rows;
        this.shard = shard;
        this.pauseNanos = 1_000_000_000L / perSecond;
        new Thread(writing, "neighbour").start();
    }

    private void run() {
        List<Integer> students = rows.students(shard, 0, 1);
        List<Integer> sections = rows.sections(shard);
        List<ServiceProcess> services = system.registrationServices();
        for (int n = 0; running; n++) {
            long next = System.nanoTime() + pauseNanos;
            int section = sections.get(8 + n / students.size() % 28);
            int status = register(services.get(n % services.size()), shard, students.get(n % students.size()), section);
            if (status != 201 && status != 200) {
                failed.incrementAndGet();
            }
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    /** Registers a student and returns the answer's status; 0 if there was no answer. */
    static int register(ServiceProcess service, String shard, int stno, int secNo) {
        var request = HttpRequest.newBuilder(service.address().resolve("/api/registrations"))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(10))
                .POST(BodyPublishers.ofString(
                        "{\"shard\":\"%s\",\"stno\":%d,\"secNo\":%d}".formatted(shard, stno, secNo)))
                .build();
        try {
            return HTTP.send(request, BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lets time pass and tells the lag of what was registered meanwhile. */
    Lag lagDuring(Duration span) throws Exception {
        String begin = now();
        long failedBefore = failed.get();
        TimeUnit.MILLISECONDS.sleep(span.toMillis());
        String end = now();
        long failedMeanwhile = failed.get() - failedBefore;
        if (writing.isDone()) {
            writing.get(); // throws what ended it
        }
        long registered = Long.parseLong(text(REGISTERED, begin, end));
        Lag lag = lag(begin, end, registered, failedMeanwhile);
        for (long deadline = System.nanoTime() + ARRIVAL.toNanos();
                lag.missing() > 0 && System.nanoTime() < deadline;
                lag = lag(begin, end, registered, failedMeanwhile)) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return lag;
    }

    private Lag lag(String begin, String end, long registered, long failedMeanwhile) throws SQLException {
        try (var connection = system.connect(Targets.MASTER);
                var query = connection.prepareStatement(LAG)) {
            query.setString(1, shard);
            query.setString(2, begin);
            query.setString(3, end);
            try (var row = query.executeQuery()) {
                row.next();
                long arrived = row.getLong(1);
                return new Lag(
                        arrived,
                        registered - arrived,
                        failedMeanwhile,
                        row.getDouble(2),
                        row.getDouble(3),
                        row.getDouble(4));
            }
        }
    }

    private String now() throws SQLException {
        return text("select clock_timestamp()::text");
    }

    /** Registrations without a mark that are older than that. */
    long unsyncedOlderThan(Duration age) throws SQLException {
        return Long.parseLong(text("""
                select count(*)::text
                  from registrations
                 where synced_at is null
                   and created_at < clock_timestamp() - ?::interval
                """, age.toString()));
    }

    private String text(String query, String... parameters) throws SQLException {
        try (var connection = system.connect(Targets.shard(shard));
                var statement = connection.prepareStatement(query)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    @Override
    public void close() throws InterruptedException, ExecutionException {
        running = false;
        writing.get();
    }
}
