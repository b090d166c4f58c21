package ghidanh.database;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.util.Locale;
import org.springframework.jdbc.CannotGetJdbcConnectionException;

/**
 * What an error of a database means for the work in hand; {@code sql-states.txt} says it of every SQLSTATE. Only
 * {@link #DATA} is the rows' own fault: everything else passes or is repaired by people, and may be tried again.
 */
public enum Fault {
    /** The database, or one behind it, cannot answer any call now. */
    OUTAGE,
    /** Took too long or met others at a bad moment; the database is well. */
    BUSY,
    /** The same rows would fail again: a value or a constraint that cannot hold. */
    DATA,
    /** The database is not (yet) as it has to be, or does not let us in. */
    SETUP,
    /** A mistake of ours, or an error that is not known here. */
    BUG;

    /** What an exception from JDBC, HikariCP, Spring or Flyway means; {@link #BUG} if none of its causes is from there. */
    public static Fault of(Throwable error) {
        SQLException cause = SqlStates.in(error);
        Fault fault = cause == null ? BUG : SqlStates.of(cause).fault();
        // Who got no session asked nothing, so nothing that was asked is at fault.
        return fault != SETUP && gotNoSession(error) ? OUTAGE : fault;
    }

    private static boolean gotNoSession(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLTransientConnectionException
                    || cause instanceof SQLNonTransientConnectionException
                    || cause instanceof CannotGetJdbcConnectionException) {
                return true;
            }
        }
        return false;
    }

    /** As metrics spell it. */
    public String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
