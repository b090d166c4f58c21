package ghidanh.registration.database;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** What an exception from JDBC, Spring, HikariCP or Flyway says about the database behind it. */
final class SqlStates {

    private SqlStates() {}

    /** The SQLSTATE nearest to the cause, or the empty string. */
    static String of(@Nullable Throwable thrown) {
        String state = "";
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof SQLException sql && sql.getSQLState() != null) {
                state = sql.getSQLState();
            }
        }
        return state;
    }

    /** Whether the database could not be reached, or cannot work now whatever it is asked. */
    static boolean isOutage(Throwable thrown) {
        String state = of(thrown);
        return state.startsWith("08") // connection
                || state.startsWith("57P") // shutting down or starting
                || state.startsWith("53") // out of connections, memory or disk
                || state.startsWith("28") // not let in
                || state.equals("3D000") // no such database
                || state.equals("42P01") // an empty one in its place
                || state.equals("25006") // a standby
                || isWithoutConnection(thrown);
    }

    /** Whether the statement took too long, because of its own work or of a lock that somebody holds. */
    static boolean isTimeout(Throwable thrown) {
        String state = of(thrown);
        return state.equals("57014") || state.equals("55P03");
    }

    /** Whether the pool had no connection to give, so that nothing was sent. */
    static boolean isWithoutConnection(@Nullable Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof SQLTransientConnectionException) {
                return true;
            }
        }
        return false;
    }
}
