package ghidanh.sync.master;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What an error of the master means for the work in hand. Only {@link #DATA} is the rows' own fault; everything else,
 * the unknown included, passes or is repaired by people, and the work is tried again for as long as that takes.
 */
public enum Fault {
    /** The same rows would fail again: a value out of range, a constraint that cannot hold. */
    DATA,
    /** Another transaction was in the way: serialization failure or deadlock. */
    CONFLICT,
    /** The master, or a shard behind it, cannot be reached or went away. */
    CONNECTION,
    /** A statement or a lock took too long. */
    TIMEOUT,
    /** Out of disk, memory or connections. */
    RESOURCES,
    /** Schema or shard not set up (yet): undefined table or function, missing right, shard not attached. */
    SETUP,
    /** Not known here. */
    UNEXPECTED;

    private static final Set<String> DATA_CLASSES = Set.of("21", "22", "23");

    public static Fault of(Throwable error) {
        SQLException sql = sqlException(error);
        if (sql == null) {
            return UNEXPECTED;
        }
        String state = sql.getSQLState();
        if (state == null || state.length() != 5) {
            return sql instanceof SQLTransientConnectionException || sql instanceof SQLNonTransientConnectionException
                    ? CONNECTION
                    : UNEXPECTED;
        }
        return ofState(state);
    }

    private static Fault ofState(String state) {
        if (state.equals("40001") || state.equals("40P01")) {
            return CONFLICT;
        }
        if (state.equals("57014") || state.equals("55P03") || state.equals("25P03")) {
            return TIMEOUT;
        }
        String sqlClass = state.substring(0, 2);
        if (DATA_CLASSES.contains(sqlClass)) {
            return DATA;
        }
        return switch (sqlClass) {
            case "08", "57", "HV" -> CONNECTION;
            case "53", "54", "58" -> RESOURCES;
            case "28", "3D", "3F", "42", "RM" -> SETUP;
            default -> UNEXPECTED;
        };
    }

    /** The first SQLException with a state; a pool's own exception wraps the driver's. */
    private static @Nullable SQLException sqlException(Throwable error) {
        SQLException found = null;
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && (found == null || found.getSQLState() == null)) {
                found = sql;
            }
        }
        return found;
    }

    /**
     * What went wrong, in a line for people: the server's words without the call stack of its functions, and its details only
     * where they tell an address, not a row. What only the driver could tell is about the master.
     */
    public static String text(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof PSQLException told) {
                return text(told);
            }
        }
        return firstLine(String.valueOf(error.getMessage()));
    }

    private static String text(PSQLException error) {
        ServerErrorMessage told = error.getServerErrorMessage();
        if (told == null) {
            return "the master does not answer: " + firstLine(String.valueOf(error.getMessage()));
        }
        boolean isAddress = of(error) == CONNECTION && told.getDetail() != null;
        return told.getMessage() + (isAddress ? ": " + firstLine(String.valueOf(told.getDetail())) : "");
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    /** As metrics spell it. */
    public String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
