package ghidanh.sync.master;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

    /** As attach_shard names it. */
    private static final Pattern FOREIGN_SERVER = Pattern.compile("\\bfdw_([a-z0-9_]+)");

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
     * where they tell an address, not a row; with the settings to look at where a shard could not be reached. What only the
     * driver could tell is about the master.
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
        String detail = told.getDetail();
        return told.getMessage()
                + (of(error) == CONNECTION && detail != null ? ": " + lastAttempt(detail) + setting(told, detail) : "");
    }

    /** Of the addresses that a host name stands for, the one tried last; what is indented explains the line before. */
    private static String lastAttempt(String detail) {
        return detail.lines()
                .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0)))
                .reduce(detail, (earlier, later) -> later);
    }

    /** Where to look when the master cannot connect to a shard. By words, since every reason has the same SQLSTATE. */
    private static String setting(ServerErrorMessage told, String detail) {
        Matcher server = FOREIGN_SERVER.matcher(String.valueOf(told.getMessage()));
        if (!server.find()) {
            return "";
        }
        // In other languages than English the long list has it.
        String names =
                detail.contains("password") ? "password" : "fdw-host, fdw-port, fdw-database, username, password";
        return " (see ghidanh.shards." + server.group(1) + "." + names + ")";
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    /** As metrics spell it. */
    public String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
