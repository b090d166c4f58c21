package ghidanh.benchmarks.load;

import java.util.Arrays;
import java.util.function.IntPredicate;

/** Every answer of a run, in the order in which they came. Columns of numbers: a million answers must not cost a heap. */
public final class Answers {

    public static final int CREATED = 201;
    public static final int EXISTS = 200;
    public static final int FULL = 409;
    public static final int BUSY = 503;

    private int[] place = new int[1 << 16];
    private short[] status = new short[1 << 16];
    private int[] latencyMicros = new int[1 << 16];
    private long[] receivedMicros = new long[1 << 16];
    private long[] regId = new long[1 << 16];
    private int size;
    private double seconds;
    private long endedNanos;
    private int lost;
    private int withoutRetryAfter;

    /**
     * Notes an answer.
     *
     * @param at place of its pair in the list
     * @param received microseconds since 1970
     * @param id the shard's number of the registration; 0 where there is none
     */
    void add(int at, int code, long latencyNanos, long received, long id) {
        if (size == place.length) {
            grow();
        }
        place[size] = at;
        status[size] = (short) code;
        latencyMicros[size] = (int) (latencyNanos / 1000);
        receivedMicros[size] = received;
        regId[size] = id;
        size++;
    }

    private void grow() {
        int larger = size * 2;
        place = Arrays.copyOf(place, larger);
        status = Arrays.copyOf(status, larger);
        latencyMicros = Arrays.copyOf(latencyMicros, larger);
        receivedMicros = Arrays.copyOf(receivedMicros, larger);
        regId = Arrays.copyOf(regId, larger);
    }

    /** A connection ended without being announced, or none could be had. */
    void lost() {
        lost++;
    }

    /** A 503 did not say when to come again. */
    void withoutRetryAfter() {
        withoutRetryAfter++;
    }

    /** The clients stopped asking; answers may still come. */
    void ended(long beginNanos, long nowNanos) {
        seconds = (nowNanos - beginNanos) / 1e9;
        endedNanos = nowNanos;
    }

    /** When the clients stopped asking, as {@link System#nanoTime()}. */
    public long endedNanos() {
        return endedNanos;
    }

    public int size() {
        return size;
    }

    public int lostCount() {
        return lost;
    }

    public int withoutRetryAfterCount() {
        return withoutRetryAfter;
    }

    public int place(int answer) {
        return place[answer];
    }

    public int status(int answer) {
        return status[answer];
    }

    public int latencyMicros(int answer) {
        return latencyMicros[answer];
    }

    public long receivedMicros(int answer) {
        return receivedMicros[answer];
    }

    public long regId(int answer) {
        return regId[answer];
    }

    public int count(int code) {
        return count(one -> one == code);
    }

    public int count(IntPredicate codes) {
        int count = 0;
        for (int i = 0; i < size; i++) {
            if (codes.test(status[i])) {
                count++;
            }
        }
        return count;
    }

    /** Answers per second. */
    public double rate() {
        return size / seconds;
    }

    /** Answers of this status per second. */
    public double rate(int code) {
        return count(code) / seconds;
    }

    /** How long the accepted ones took, in milliseconds: {@code share} of them at most this. */
    public double acceptedMillis(double share) {
        int[] sorted = new int[count(CREATED)];
        int next = 0;
        for (int i = 0; i < size; i++) {
            if (status[i] == CREATED) {
                sorted[next++] = latencyMicros[i];
            }
        }
        if (sorted.length == 0) {
            return Double.NaN;
        }
        Arrays.sort(sorted);
        return sorted[Math.min(sorted.length - 1, (int) (share * sorted.length))] / 1000.0;
    }
}
