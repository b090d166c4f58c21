package ghidanh.sync.remap;

import ghidanh.database.DatabaseName;
import ghidanh.database.Fault;
import ghidanh.event.ChangeEvent;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Remaps a batch so that a row which the master refuses keeps no other row back: the batch is halved until the refused row
 * stands alone. Every transaction that succeeds stays; repeating it later does no harm. Thread-safe, as the transaction is.
 */
public class BatchRemapper {

    /** Rows tried by themselves before the error counts as everybody's: a second's work, and no more in each attempt. */
    private static final int MOST_IN_DOUBT = 100;

    private final Transaction transaction;
    private final int attempts;
    private final boolean strict;

    /** {@link Remapper#remap} for one shard. */
    @FunctionalInterface
    public interface Transaction {
        Remapped remap(List<ChangeEvent> rows) throws SQLException;
    }

    /**
     * The master's answer to a row that it does not take.
     *
     * @param message of the error
     * @param attempts with this row alone
     */
    public record Refusal(String message, int attempts) {}

    /**
     * Remaps nothing yet.
     *
     * @param attempts how often a single row is tried before it counts as refused: two batches can race for one key
     * @param strict whether an error that may be everybody's is only believed to be a row's where the master wrote another row of
     *     the batch; for whoever gives up on what is refused
     */
    public BatchRemapper(Transaction transaction, int attempts, boolean strict) {
        this.transaction = transaction;
        this.attempts = attempts;
        this.strict = strict;
    }

    /**
     * Remaps the rows.
     *
     * @param committed is given each transaction as soon as it is committed
     * @return the rows that the master refuses
     * @throws SQLException if the database cannot work now, or may not; what was committed before that stays
     */
    public Map<ChangeEvent, Refusal> remap(List<ChangeEvent> rows, Consumer<Remapped> committed) throws SQLException {
        var batch = new Batch(committed);
        if (!rows.isEmpty()) {
            batch.remap(rows, 1);
        }
        return batch.refused();
    }

    private final class Batch {

        private final Consumer<Remapped> committed;
        private final Map<ChangeEvent, Refusal> refused = new LinkedHashMap<>();
        private boolean written;
        private int doubted;
        private @Nullable SQLException doubt;

        Batch(Consumer<Remapped> committed) {
            this.committed = committed;
        }

        void remap(List<ChangeEvent> rows, int attempt) throws SQLException {
            try {
                Remapped done = transaction.remap(rows);
                written |= done.outcomes().values().stream().anyMatch(Outcome::isNewlyVisible);
                committed.accept(done);
            } catch (SQLException e) {
                Fault fault = Fault.of(e);
                if (fault != Fault.DATA && fault != Fault.BUG) {
                    throw e;
                }
                if (rows.size() > 1) {
                    int half = rows.size() / 2;
                    remap(rows.subList(0, half), 1);
                    remap(rows.subList(half, rows.size()), 1);
                } else if (attempt < attempts) {
                    remap(rows, attempt + 1);
                } else {
                    refuse(rows.get(0), fault, e, attempt);
                }
            }
        }

        private void refuse(ChangeEvent row, Fault fault, SQLException e, int attempt) throws SQLException {
            refused.put(row, new Refusal(DatabaseName.MASTER.explain(e) + " (" + e.getSQLState() + ")", attempt));
            if (fault == Fault.BUG) {
                doubt = e;
                doubted++;
            }
            if (doubted >= MOST_IN_DOUBT && !written) {
                throw e;
            }
        }

        Map<ChangeEvent, Refusal> refused() throws SQLException {
            if (strict && doubt != null && !written) {
                throw doubt;
            }
            return refused;
        }
    }
}
