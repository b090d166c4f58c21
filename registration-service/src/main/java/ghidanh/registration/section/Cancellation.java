package ghidanh.registration.section;

import ghidanh.registration.database.ShardDatabase;
import ghidanh.registration.database.ShardDatabases;
import ghidanh.registration.write.Doorbell;
import ghidanh.registration.write.Origin;
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
              from cancel_section(:secNo, :reason, :most, :traceparent, :actor)
            """;

    private final ShardDatabases databases;
    private final Doorbell doorbell;

    Cancellation(ShardDatabases databases, Doorbell doorbell) {
        this.databases = databases;
        this.doorbell = doorbell;
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
     */
    public CompletableFuture<Progress> cancel(String shard, int secNo, String reason, Origin origin) {
        return cancel(databases.get(shard), secNo, reason, origin, 0);
    }

    private CompletableFuture<Progress> cancel(
            ShardDatabase shard, int secNo, String reason, Origin origin, int before) {
        return shard.ask(client -> client.sql(CANCEL)
                        .param("secNo", secNo)
                        .param("reason", reason)
                        .param("most", BATCH)
                        .param("traceparent", origin.traceparent())
                        .param("actor", origin.actor())
                        .query((row, number) -> batch(row))
                        .single())
                .thenCompose(batch -> {
                    if (batch.withdrawn() > 0) {
                        doorbell.ring(shard.name());
                    }
                    int withdrawn = before + batch.withdrawn();
                    return batch.remaining() > 0
                            ? cancel(shard, secNo, reason, origin, withdrawn)
                            : CompletableFuture.completedFuture(
                                    new Progress(batch.outcome(), withdrawn, batch.graded()));
                });
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
