package ghidanh.registration.section;

import ghidanh.registration.database.ShardDatabase;
import ghidanh.registration.database.ShardDatabases;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.springframework.stereotype.Component;

/** Cancels sections: nobody gets in any more, and who is in is withdrawn, a batch in a transaction. */
@Component
public final class Cancellation {

    /** Registrations in a transaction, which has the section's lock. */
    private static final int BATCH = 500;

    private static final String CANCEL = """
            -- Cancellation
            select outcome, withdrawn, remaining, graded
              from cancel_section(:secNo, :reason, :most, null, :actor)
            """;

    private final ShardDatabases databases;

    Cancellation(ShardDatabases databases) {
        this.databases = databases;
    }

    /**
     * Where a cancellation is.
     *
     * @param withdrawn by this call
     * @param graded registrations that stay
     */
    public record Progress(Outcome outcome, int withdrawn, int graded) {}

    /** All but the first: nothing was changed. */
    public enum Outcome {
        CANCELLED,
        UNKNOWN_SECTION,
        PAST_TERM
    }

    /**
     * Cancels a section and withdraws all its registrations but graded ones. Repeating it is safe, and goes on where a failure
     * stopped it.
     *
     * @param reason 1 to 200 characters
     * @param actor who asks, as role:subject
     */
    public CompletableFuture<Progress> cancel(String shard, int secNo, String reason, String actor) {
        return cancel(databases.get(shard), secNo, reason, actor, 0);
    }

    private static CompletableFuture<Progress> cancel(
            ShardDatabase shard, int secNo, String reason, String actor, int before) {
        return shard.ask(client -> client.sql(CANCEL)
                        .param("secNo", secNo)
                        .param("reason", reason)
                        .param("most", BATCH)
                        .param("actor", actor)
                        .query((row, number) -> batch(row))
                        .single())
                .thenCompose(batch -> batch.remaining() > 0
                        ? cancel(shard, secNo, reason, actor, before + batch.withdrawn())
                        : CompletableFuture.completedFuture(
                                new Progress(batch.outcome(), before + batch.withdrawn(), batch.graded())));
    }

    private static Batch batch(ResultSet row) throws SQLException {
        return new Batch(
                Outcome.valueOf(row.getString("outcome").toUpperCase(Locale.ROOT)),
                row.getInt("withdrawn"),
                row.getInt("remaining"),
                row.getInt("graded"));
    }

    private record Batch(Outcome outcome, int withdrawn, int remaining, int graded) {}
}
