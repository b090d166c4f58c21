package ghidanh.sync.remap;

import ghidanh.database.DatabaseName;
import ghidanh.database.Fault;
import ghidanh.event.ChangeEvent;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Remaps a batch so that a row which the master refuses keeps no other row back: the batch is halved until the refused row
 * stands alone. Every transaction that succeeds stays; repeating it later does no harm. Thread-safe, as the transaction is.
 */
public class BatchRemapper {

    private final Transaction transaction;
    private final int attempts;

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

    /** @param attempts how often a single row is tried before it counts as refused: two batches can race for one key */
    public BatchRemapper(Transaction transaction, int attempts) {
        this.transaction = transaction;
        this.attempts = attempts;
    }

    /**
     * Remaps the rows.
     *
     * @param committed is given each transaction as soon as it is committed
     * @return the rows that the master refuses
     * @throws SQLException if the database cannot work now; what was committed before that stays
     */
    public Map<ChangeEvent, Refusal> remap(List<ChangeEvent> rows, Consumer<Remapped> committed) throws SQLException {
        Map<ChangeEvent, Refusal> refused = new LinkedHashMap<>();
        if (!rows.isEmpty()) {
            remap(rows, 1, committed, refused);
        }
        return refused;
    }

    private void remap(
            List<ChangeEvent> rows, int attempt, Consumer<Remapped> committed, Map<ChangeEvent, Refusal> refused)
            throws SQLException {
        try {
            committed.accept(transaction.remap(rows));
        } catch (SQLException e) {
            if (Fault.of(e) != Fault.DATA) {
                throw e;
            }
            if (rows.size() > 1) {
                int half = rows.size() / 2;
                remap(rows.subList(0, half), 1, committed, refused);
                remap(rows.subList(half, rows.size()), 1, committed, refused);
            } else if (attempt < attempts) {
                remap(rows, attempt + 1, committed, refused);
            } else {
                refused.put(
                        rows.get(0),
                        new Refusal(DatabaseName.MASTER.explain(e) + " (" + e.getSQLState() + ")", attempt));
            }
        }
    }
}
