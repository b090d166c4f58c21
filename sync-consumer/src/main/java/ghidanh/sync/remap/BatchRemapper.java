package ghidanh.sync.remap;

import ghidanh.database.DatabaseName;
import ghidanh.database.Fault;
import ghidanh.event.ChangeEvent;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Remaps a batch so that a row which the master refuses keeps no other row back: the batch is halved until the refused row
 * stands alone. Every transaction that succeeds stays; repeating it later does no harm.
 */
public class BatchRemapper {

    private final Step step;
    private final int attempts;

    /** One transaction: {@link Remapper#remap} for one shard. */
    @FunctionalInterface
    public interface Step {
        Remapped remap(Collection<ChangeEvent> rows) throws SQLException;
    }

    /**
     * What became of a batch.
     *
     * @param transactions the committed ones
     * @param refused the rows that the master does not take, with its words and the attempts made
     */
    public record Result(List<Remapped> transactions, Map<ChangeEvent, Refusal> refused) {}

    /**
     * The master's answer to a row.
     *
     * @param message of the error
     * @param attempts with this row alone
     */
    public record Refusal(String message, int attempts) {}

    /** @param attempts how often a single row is tried before it counts as refused: two batches can race for one key */
    public BatchRemapper(Step step, int attempts) {
        this.step = step;
        this.attempts = attempts;
    }

    /** @throws SQLException if the database cannot work now; what was committed before that stays */
    public Result remap(Collection<ChangeEvent> rows) throws SQLException {
        Result result = new Result(new ArrayList<>(), new LinkedHashMap<>());
        if (!rows.isEmpty()) {
            remap(List.copyOf(rows), result);
        }
        return result;
    }

    private void remap(List<ChangeEvent> rows, Result result) throws SQLException {
        if (rows.size() == 1) {
            remapOne(rows.get(0), result);
            return;
        }
        try {
            result.transactions().add(step.remap(rows));
        } catch (SQLException e) {
            rethrowUnlessData(e);
            int half = rows.size() / 2;
            remap(rows.subList(0, half), result);
            remap(rows.subList(half, rows.size()), result);
        }
    }

    private void remapOne(ChangeEvent row, Result result) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                result.transactions().add(step.remap(List.of(row)));
                return;
            } catch (SQLException e) {
                rethrowUnlessData(e);
                if (attempt == attempts) {
                    result.refused()
                            .put(
                                    row,
                                    new Refusal(
                                            DatabaseName.MASTER.explain(e) + " (" + e.getSQLState() + ")", attempt));
                    return;
                }
            }
        }
    }

    private static void rethrowUnlessData(SQLException e) throws SQLException {
        if (Fault.of(e) != Fault.DATA) {
            throw e;
        }
    }
}
