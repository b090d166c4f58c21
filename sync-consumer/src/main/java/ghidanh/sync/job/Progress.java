package ghidanh.sync.job;

import ghidanh.database.DatabaseName;
import ghidanh.database.Fault;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.dao.DataAccessException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** How far the job in hand is, told by its thread and written to the master by another. Thread-safe. */
public class Progress {

    /** Thrown in the job's thread when it is to stop; nothing has to be undone. */
    public static class StoppedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StoppedException() {
            super("the job is stopped", null, false, false);
        }
    }

    record Snapshot(
            long read, long total, Map<String, Long> counts, JsonNode offsets, JsonNode report, String message) {}

    private static final int MOST_REFUSED = 20;
    private static final long MIN_PAUSE_MS = 250;
    private static final long MAX_PAUSE_MS = 5_000;

    private final Map<String, Long> counts;
    private long read;
    private long total;
    private JsonNode offsets;
    private JsonNode report;
    private String message = "";
    private boolean stopped;

    Progress(Job job) {
        counts = new TreeMap<>(job.counts());
        read = job.read();
        total = job.total();
        offsets = job.offsets();
        report = job.report();
    }

    /** Where to begin; by shard, and there by partition or by entity. */
    public synchronized JsonNode offsets() {
        return offsets;
    }

    /** Notes a finished step as a whole: a resumption neither loses it nor counts it twice. */
    public synchronized void step(long units, Map<String, Long> outcomes, JsonNode next) {
        read += units;
        outcomes.forEach((outcome, rows) -> counts.merge(outcome, rows, Long::sum));
        offsets = next;
        message = "";
    }

    public synchronized void total(long units) {
        total = units;
    }

    public synchronized void report(JsonNode found) {
        report = found;
    }

    /** Names a row that the master does not take, for the report, which has the first 20. */
    public synchronized void refused(String row, String why) {
        ObjectNode named = ((ObjectNode) report).deepCopy();
        ObjectNode rows = named.withObject("/refused");
        if (rows.size() < MOST_REFUSED) {
            rows.put(row, why);
            report = named;
        }
    }

    /** What it waits for, for people; gone with the next step. */
    public synchronized void message(String text) {
        message = text;
    }

    /** Ends the job here if someone wants it to; called between steps. */
    public synchronized void checkStopped() {
        if (stopped) {
            throw new StoppedException();
        }
    }

    /** Waits, or ends the job. */
    public synchronized void pause(long millis) {
        long deadline = System.nanoTime() + millis * 1_000_000;
        try {
            for (long left = millis; left > 0; left = (deadline - System.nanoTime()) / 1_000_000) {
                checkStopped();
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException();
        }
        checkStopped();
    }

    /** A question to the master that may have to be asked again. */
    @FunctionalInterface
    public interface Question<T> {
        T ask() throws SQLException;
    }

    /**
     * Asks until the master and the shard behind it answer, however long the outage lasts, or ends the job.
     *
     * @throws IllegalStateException if it is not an outage but the question
     */
    public <T> T untilAnswered(String shard, Question<T> question) {
        for (long pause = MIN_PAUSE_MS; ; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
            try {
                return question.ask();
            } catch (SQLException | DataAccessException e) {
                if (Fault.of(e) == Fault.DATA) {
                    throw new IllegalStateException(DatabaseName.MASTER.explain(e), e);
                }
                message("shard " + shard + " waits: " + DatabaseName.MASTER.explain(e));
                pause(pause);
            }
        }
    }

    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    synchronized Snapshot snapshot() {
        return new Snapshot(read, total, Map.copyOf(counts), offsets, report, message);
    }
}
