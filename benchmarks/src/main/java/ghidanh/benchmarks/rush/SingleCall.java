package ghidanh.benchmarks.rush;

import ghidanh.benchmarks.load.LoadedShard;
import ghidanh.benchmarks.load.Pairs;
import ghidanh.benchmarks.load.Pairs.Pair;
import ghidanh.embedded.EmbeddedStack;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;

/** The database call of a lone registration, as the service makes it. */
final class SingleCall {

    private static final int FIRST = Pairs.STUDENTS * 5;

    private SingleCall() {}

    /** The median, in milliseconds. */
    static double millis(LoadedShard shard, Duration duration) throws SQLException {
        long[] nanos = new long[100_000];
        int count = 0;
        try (Connection connection = shard.cluster().connect(EmbeddedStack.DATABASE);
                var call = connection.prepareStatement("""
                        select outcome, reg_id, created_at, synced_at
                          from register_students(?, ?)
                         order by ord
                        """)) {
            long end = System.nanoTime() + duration.toNanos();
            for (long now = System.nanoTime(); now < end && count < nanos.length; count++) {
                Pair pair = Pairs.spread(FIRST + count);
                call.setObject(1, new int[] {pair.stno()});
                call.setObject(2, new int[] {pair.secNo()});
                try (var rows = call.executeQuery()) {
                    rows.next();
                    if (!rows.getString(1).equals("registered")) {
                        throw new IllegalStateException(pair + ": " + rows.getString(1));
                    }
                }
                long done = System.nanoTime();
                nanos[count] = done - now;
                now = done;
            }
        }
        Arrays.sort(nanos, 0, count);
        return nanos[count / 2] / 1e6;
    }
}
