package ghidanh.database;

import java.net.SocketTimeoutException;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/** What stands between a service and a database or the broker, as far as an operator does something else about it. */
public enum Obstacle {
    /** Nobody listens there, or the server starts, stops or has crashed. */
    AWAY,
    /** It was reached and says nothing. */
    SILENT,
    /** The role may not sign in, or has another password. */
    LOGIN,
    /** The server has no database of this name. */
    NO_DATABASE,
    /** A table, a function, a right or a topic is missing: empty, or of another release. */
    INCOMPLETE,
    /** A standby, or turned read-only. */
    READ_ONLY,
    /** Out of disk, memory or sessions. */
    FULL,
    /** Others hold the rows, or it took too long. */
    BUSY,
    /** The master reaches the shard behind it, which does not let it in. */
    LOGIN_BEHIND,
    /** The master does not reach the shard behind it. */
    AWAY_BEHIND,
    /** Anything else; the message says what. */
    OTHER;

    /** What an exception from JDBC, HikariCP, Spring or Flyway tells. */
    public static Obstacle of(Throwable failure) {
        SQLException cause = SqlStates.in(failure);
        if (cause == null) {
            return OTHER;
        }
        if (SqlStates.isOfDatabaseBehind(cause)) {
            // By words, since every reason has the same SQLSTATE.
            return isOfLogin((PSQLException) cause) ? LOGIN_BEHIND : AWAY_BEHIND;
        }
        return of(cause, String.valueOf(cause.getSQLState()));
    }

    private static Obstacle of(SQLException cause, String state) {
        if (SqlStates.isRefusedLogin(cause)) {
            return LOGIN;
        }
        SqlStates.Meaning meaning = SqlStates.of(cause);
        return switch (meaning.fault()) {
            case OUTAGE -> {
                if (meaning.elsewhere()) {
                    yield state.startsWith("25") ? READ_ONLY : NO_DATABASE;
                }
                yield state.startsWith("53") ? FULL : isTimeout(cause) ? SILENT : AWAY;
            }
            case SETUP -> "url".equals(meaning.setting()) ? NO_DATABASE : INCOMPLETE;
            case BUSY -> BUSY;
            case DATA, BUG -> isTimeout(cause) ? SILENT : OTHER;
        };
    }

    private static boolean isOfLogin(PSQLException told) {
        var server = told.getServerErrorMessage();
        return server != null && String.valueOf(server.getDetail()).contains("password");
    }

    private static boolean isTimeout(SQLException told) {
        for (Throwable cause = told; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return String.valueOf(told.getMessage()).contains("timed out");
    }
}
