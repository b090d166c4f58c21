package ghidanh.benchmarks.drain;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Registers students at a steady pace over one connection to the shard, as another instance of the service would. */
final class Writer implements AutoCloseable {

    /** The sections above the backlog's. */
    private static final int FIRST_SECTION = 1001;

    private static final int SECTIONS = 100;

    private static final AtomicLong NEXT = new AtomicLong();

    private final Installation installation;
    private final int perSecond;
    private final int size;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Future<?> writing;
    private final AtomicLong written = new AtomicLong();
    private volatile boolean end;

    /** @param size registrations in one transaction */
    Writer(Installation installation, int perSecond, int size) {
        this.installation = installation;
        this.perSecond = perSecond;
        this.size = size;
        this.writing = thread.submit(() -> {
            write();
            return null;
        });
    }

    long count() {
        return written.get();
    }

    private void write() throws SQLException, InterruptedException {
        try (Connection connection = installation.connect(installation.shard());
                PreparedStatement call = connection.prepareStatement("select outcome from register_students(?, ?)")) {
            long start = System.nanoTime();
            while (!end) {
                Integer[] stnos = new Integer[size];
                Integer[] secNos = new Integer[size];
                for (int i = 0; i < size; i++) {
                    long n = NEXT.getAndIncrement();
                    stnos[i] = (int) (n % 100_000) + 1;
                    secNos[i] = (int) ((n + n / 100_000) % SECTIONS) + FIRST_SECTION;
                }
                call.setArray(1, connection.createArrayOf("int4", stnos));
                call.setArray(2, connection.createArrayOf("int4", secNos));
                call.executeQuery().close();
                long due = start + written.addAndGet(size) * 1_000_000_000L / perSecond;
                TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
            }
        }
    }

    /** @throws ExecutionException if it failed on the way */
    @Override
    public void close() throws InterruptedException, ExecutionException {
        end = true;
        thread.shutdown();
        writing.get();
    }
}
