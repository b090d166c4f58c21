package ghidanh.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/** The table {@code sql-states.txt}, and the state of an exception that counts. */
final class SqlStates {

    /**
     * What a state means.
     *
     * @param setting of the database, where to look; null if no setting can be the reason
     * @param elsewhere whether a new session may reach another server, which can do it
     */
    record Meaning(Fault fault, @Nullable String setting, boolean elsewhere) {}

    private static final Pattern LINE =
            Pattern.compile("^(\\w{5}) +([a-z]+) +.*?(?: \\(see (\\w+)\\))?( \\(new session\\))?$", Pattern.MULTILINE);
    private static final Map<String, Meaning> TABLE = read();
    private static final Meaning UNKNOWN = new Meaning(Fault.BUG, null, false);

    private SqlStates() {}

    private static Map<String, Meaning> read() {
        try (InputStream table = Objects.requireNonNull(SqlStates.class.getResourceAsStream("sql-states.txt"))) {
            return LINE.matcher(new String(table.readAllBytes(), StandardCharsets.UTF_8))
                    .results()
                    .collect(Collectors.toUnmodifiableMap(line -> line.group(1), SqlStates::meaning));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Meaning meaning(MatchResult line) {
        Fault fault = Fault.valueOf(line.group(2).toUpperCase(Locale.ROOT));
        return new Meaning(fault, line.group(3), line.group(4) != null);
    }

    static boolean isKnown(String state) {
        return TABLE.containsKey(state);
    }

    static Meaning of(SQLException error) {
        String state = error.getSQLState();
        if (state == null || state.length() != 5) {
            return UNKNOWN;
        }
        Meaning ofClass = TABLE.getOrDefault(state.substring(0, 2) + "000", UNKNOWN);
        return TABLE.getOrDefault(state, ofClass);
    }

    /**
     * The exception whose state counts: of those that have one the last, which is the nearest to the cause. What wraps it
     * repeats the state (HikariCP), has none (Spring, Flyway) or tells only that a transaction had failed before (the
     * driver's 25P02). Without any state, the last SQLException; null if there is none.
     */
    static @Nullable SQLException in(Throwable thrown) {
        SQLException found = null;
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql
                    && (found == null || sql.getSQLState() != null || found.getSQLState() == null)) {
                found = sql;
            }
        }
        return found;
    }

    /** Whether this role may not sign in, or not with this password. */
    static boolean isRefusedLogin(SQLException error) {
        String state = error.getSQLState();
        return state != null && state.startsWith("28");
    }

    /** Whether it is about a database behind the one that was asked, in whose own session no connection was lost. */
    static boolean isOfDatabaseBehind(SQLException error) {
        String state = error.getSQLState();
        return error instanceof PSQLException told
                && told.getServerErrorMessage() != null
                && state != null
                && state.startsWith("08");
    }
}
