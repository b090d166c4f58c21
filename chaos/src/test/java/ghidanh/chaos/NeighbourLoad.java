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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Registrations on one shard at a steady pace, and how long they take to the master. */
final class NeighbourLoad implements AutoCloseable {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

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
    private final Thread thread = new Thread(this::run, "neighbour");
    private final AtomicLong failed = new AtomicLong();
    private volatile boolean running = true;

    NeighbourLoad(RunningSystem system, SampleRows rows, String shard, int perSecond) {
        this.system = system;
        this.rows = rows;
        this.shard = shard;
        this.pauseNanos = 1_000_000_000L / perSecond;
        thread.start();
    }

    private void run() {
        List<Integer> students = rows.students(shard, 0, 1);
        List<Integer> sections = rows.sections(shard);
        List<ServiceProcess> services = system.registrationServices();
        try {
            for (int n = 0; running; n++) {
                long next = System.nanoTime() + pauseNanos;
                int section = sections.get(10 + n / students.size() % 25);
                int status =
                        register(services.get(n % services.size()), shard, students.get(n % students.size()), section);
                if (status != 201 && status != 200) {
                    failed.incrementAndGet();
                }
                LockSupport.parkNanos(next - System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Registers a student and returns the answer's status; 0 if there was no answer. */
    static int register(ServiceProcess service, String shard, int stno, int secNo) throws InterruptedException {
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
        }
    }

    /** Lets time pass and tells the lag of what was registered meanwhile and has arrived. */
    String lagDuring(Duration span) throws SQLException, InterruptedException {
        String begin = now();
        long failedBefore = failed.get();
        TimeUnit.MILLISECONDS.sleep(span.toMillis());
        String end = now();
        try (var connection = system.connect(Targets.MASTER);
                var query = connection.prepareStatement(LAG)) {
            query.setString(1, shard);
            query.setString(2, begin);
            query.setString(3, end);
            try (var row = query.executeQuery()) {
                row.next();
                return String.format(
                        Locale.ROOT,
                        "%,5d registrations in %d s, %d failed; lag p50 %.0f ms, p99 %.0f ms, longest %.0f ms",
                        row.getLong(1),
                        span.toSeconds(),
                        failed.get() - failedBefore,
                        row.getDouble(2),
                        row.getDouble(3),
                        row.getDouble(4));
            }
        }
    }

    private String now() throws SQLException {
        return text("select clock_timestamp()::text", null);
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

    private String text(String query, @Nullable String parameter) throws SQLException {
        try (var connection = system.connect(Targets.shard(shard));
                var statement = connection.prepareStatement(query)) {
            if (parameter != null) {
                statement.setString(1, parameter);
            }
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        running = false;
        thread.join();
    }
}
