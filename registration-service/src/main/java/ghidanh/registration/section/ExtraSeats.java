package ghidanh.registration.section;

import ghidanh.registration.database.ShardDatabases;
import ghidanh.registration.write.Doorbell;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.springframework.stereotype.Component;

/** Seats above a section's capacity. */
@Component
public final class ExtraSeats {

    private static final String SET = """
            -- ExtraSeats
            select set_extra_seats(:secNo, :seats, :reason, :actor)
            """;

    private final ShardDatabases databases;
    private final Doorbell doorbell;

    ExtraSeats(ShardDatabases databases, Doorbell doorbell) {
        this.databases = databases;
        this.doorbell = doorbell;
    }

    /** All but the first: nothing was changed. */
    public enum Outcome {
        SET,
        UNKNOWN_SECTION,
        SEATS_TAKEN
    }

    /**
     * Gives a section so many seats above its capacity, which who waits gets first; repeating it is safe.
     *
     * @param reason 1 to 200 characters
     * @param actor who asks, as role:subject
     */
    public CompletableFuture<Outcome> set(String shard, int secNo, int seats, String reason, String actor) {
        return databases
                .get(shard)
                .ask(client -> client.sql(SET)
                        .param("secNo", secNo)
                        .param("seats", seats)
                        .param("reason", reason)
                        .param("actor", actor)
                        .query(String.class)
                        .single())
                .thenApply(outcome -> {
                    doorbell.ring(shard);
                    return Outcome.valueOf(outcome.toUpperCase(Locale.ROOT));
                });
    }
}
