package ghidanh.registration.window;

import ghidanh.registration.database.ShardDatabases;
import ghidanh.registration.database.Times;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Opens and closes registration on a shard. A term without windows is open to all. */
@Component
public final class RegistrationWindows {

    private static final int MOST = 500;

    private static final String WINDOWS = """
            -- RegistrationWindows
            select w.window_id, w.year, w.semester, w.u_id, w.cohort, w.opens, w.closes, w.drop_until
              from registration_windows w
            """;

    private static final String NEWEST = WINDOWS + """
             order by w.year desc, w.semester desc, w.opens desc, w.window_id desc
             limit :most
            """;

    private static final String ONE = WINDOWS + """
             where w.window_id = :windowId
            """;

    private static final String OPEN = """
            -- RegistrationWindows
            select open_registration(
                       :year, :semester, cast(:uId as integer), cast(:cohort as integer), :opens,
                       cast(:closes as timestamptz), cast(:dropUntil as timestamptz), :reason, :actor)
            """;

    private static final String CLOSE = """
            -- RegistrationWindows
            select close_registration(:windowId, :reason, :actor)
            """;

    private final ShardDatabases databases;

    RegistrationWindows(ShardDatabases databases) {
        this.databases = databases;
    }

    /** The newest 500 windows of a shard, the latest term first. */
    public CompletableFuture<List<RegistrationWindow>> newest(String shard) {
        return databases
                .get(shard)
                .ask(client -> client.sql(NEWEST)
                        .param("most", MOST)
                        .query((row, number) -> window(row))
                        .list());
    }

    public CompletableFuture<Optional<RegistrationWindow>> find(String shard, int windowId) {
        return databases
                .get(shard)
                .ask(client -> client.sql(ONE)
                        .param("windowId", windowId)
                        .query((row, number) -> window(row))
                        .optional());
    }

    /**
     * Opens a window.
     *
     * @param window its number is not looked at
     * @param reason 1 to 200 characters
     * @param actor who asks, as role:subject
     * @return its number; empty if the shard has no such university
     */
    public CompletableFuture<OptionalInt> open(String shard, RegistrationWindow window, String reason, String actor) {
        return databases
                .get(shard)
                .ask(client -> client.sql(OPEN)
                        .param("year", window.year())
                        .param("semester", window.semester())
                        .param("uId", window.uId())
                        .param("cohort", window.cohort())
                        .param("opens", Times.parameter(window.opens()))
                        .param("closes", window.closes() == null ? null : Times.parameter(window.closes()))
                        .param("dropUntil", window.dropUntil() == null ? null : Times.parameter(window.dropUntil()))
                        .param("reason", reason)
                        .param("actor", actor)
                        .query((row, number) -> optional(row))
                        .single());
    }

    /**
     * Closes a window at once, and deletes one that has not begun.
     *
     * @return false if there is no such window
     */
    public CompletableFuture<Boolean> close(String shard, int windowId, String reason, String actor) {
        return databases
                .get(shard)
                .ask(client -> client.sql(CLOSE)
                        .param("windowId", windowId)
                        .param("reason", reason)
                        .param("actor", actor)
                        .query(Boolean.class)
                        .single());
    }

    private static OptionalInt optional(ResultSet row) throws SQLException {
        int number = row.getInt(1);
        return row.wasNull() ? OptionalInt.empty() : OptionalInt.of(number);
    }

    private static RegistrationWindow window(ResultSet row) throws SQLException {
        return new RegistrationWindow(
                row.getInt("window_id"),
                row.getInt("year"),
                row.getInt("semester"),
                row.getObject("u_id", Integer.class),
                row.getObject("cohort", Integer.class),
                Times.of(row, "opens"),
                end(Times.of(row, "closes")),
                end(Times.of(row, "drop_until")));
    }

    private static @Nullable Instant end(Instant time) {
        return Times.isFinite(time) ? time : null;
    }
}
