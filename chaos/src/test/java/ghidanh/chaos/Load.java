package ghidanh.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** Steady writers, from one begin to the next end. */
final class Load {

    private static final int CLIENTS = 10;
    private static final double SQL_WRITES_PER_SECOND = 15;

    /** One who writes again and again; used by one thread. */
    interface Writer extends AutoCloseable {

        void write() throws InterruptedException;

        @Override
        void close();
    }

    private final RunningSystem system;
    private final SampleRows rows;
    private final Ledger ledger;
    private final long seed;
    private final double requestsPerSecond;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean running;

    /** @param requestsPerSecond of all clients together; plain SQL comes on top */
    Load(RunningSystem system, SampleRows rows, Ledger ledger, long seed, double requestsPerSecond) {
        this.system = system;
        this.rows = rows;
        this.ledger = ledger;
        this.seed = seed;
        this.requestsPerSecond = requestsPerSecond;
    }

    void begin(int round) {
        running = true;
        int writers = CLIENTS + 1;
        for (int client = 0; client < CLIENTS; client++) {
            var random = new Random(seed + 31L * round + 1_000_003L * client);
            start(
                    "client-" + client,
                    new HttpWriter(system, rows, client, writers, ledger, random),
                    requestsPerSecond / CLIENTS);
        }
        for (String shard : Targets.SHARDS) {
            var random = new Random(seed + 31L * round + shard.hashCode());
            start(
                    "sql-" + shard,
                    new SqlWriter(
                            system,
                            shard,
                            rows.students(shard, CLIENTS, writers),
                            rows.sections(shard),
                            ledger,
                            random),
                    SQL_WRITES_PER_SECOND);
        }
    }

    private void start(String name, Writer writer, double perSecond) {
        long pause = (long) (1e9 / perSecond);
        var thread = new Thread(
                () -> {
                    try (writer) {
                        for (long next = System.nanoTime(); running; next = Math.max(next + pause, System.nanoTime())) {
                            writer.write();
                            LockSupport.parkNanos(next + pause - System.nanoTime());
                        }
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                name);
        thread.setUncaughtExceptionHandler((dead, error) -> ledger.contradiction(name + " died of " + error));
        thread.start();
        threads.add(thread);
    }

    /** Returns when all have got their last answer. */
    void end() throws InterruptedException {
        running = false;
        for (Thread thread : threads) {
            thread.join();
        }
        threads.clear();
    }
}
