package ghidanh.database;

import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * One database as messages call it.
 *
 * @param words in a sentence, such as {@code shard 5433}
 * @param settings where it is configured, such as {@code ghidanh.shards.5433}
 * @param shard the shard's name; null for the master
 */
public record DatabaseName(
        String words, String settings, @Nullable String shard) {

    public static final DatabaseName MASTER = new DatabaseName("the master", "ghidanh.master", null);

    private static final Pattern CONTROLS = Pattern.compile("\\p{Cntrl}+");

    /** Somebody's trigger may say more than a log, a header of a dead letter or a page can hold. */
    private static final int LONGEST = 1_000;

    /** As attach_shard names it. */
    private static final Pattern FOREIGN_SERVER = Pattern.compile("\\bfdw_([a-z0-9_]+)");

    public static DatabaseName ofShard(String shard) {
        return new DatabaseName("shard " + shard, "ghidanh.shards." + shard, shard);
    }

    /**
     * Says what went wrong in a session of this database, in a line of 1,000 letters at most, for people: the server's words
     * without the call stack of its functions, and its details only where they tell an address, not a row. Names the settings
     * where they can be the reason, and where only the driver could tell.
     */
    public String explain(Throwable failure) {
        String told = CONTROLS.matcher(told(failure)).replaceAll(" ");
        return told.length() > LONGEST ? told.substring(0, LONGEST) + "..." : told;
    }

    private String told(Throwable failure) {
        SQLException cause = SqlStates.in(failure);
        if (cause == null) {
            return firstLine(failure);
        }
        String setting = SqlStates.of(cause).setting();
        if (!(cause instanceof PSQLException told)) {
            return firstLine(cause) + see(setting);
        }
        ServerErrorMessage server = told.getServerErrorMessage();
        if (server == null) {
            return firstLine(told) + see(setting == null ? "*" : setting);
        }
        return SqlStates.isOfDatabaseBehind(told) ? behind(server) : server.getMessage() + see(setting);
    }

    private String see(@Nullable String setting) {
        return setting == null ? "" : " (see " + settings + "." + setting + ")";
    }

    /** Where to look when this database cannot connect to a shard. By words, since every reason has the same SQLSTATE. */
    private static String behind(ServerErrorMessage told) {
        String message = String.valueOf(told.getMessage());
        String detail = told.getDetail();
        if (detail == null) {
            return message;
        }
        String tried = message + ": " + lastAttempt(detail);
        Matcher server = FOREIGN_SERVER.matcher(message);
        if (!server.find()) {
            return tried;
        }
        // In other languages than English the long list has it.
        String names = detail.contains("password")
                ? "password, roles.fdw"
                : "fdw-host, fdw-port, fdw-database, username, password";
        return tried + ofShard(server.group(1)).see(names);
    }

    /** Of the addresses that a host name stands for, the one tried last; what is indented explains the line before. */
    private static String lastAttempt(String detail) {
        return detail.lines()
                .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0)))
                .reduce(detail, (earlier, later) -> later);
    }

    private static String firstLine(Throwable failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }
}
