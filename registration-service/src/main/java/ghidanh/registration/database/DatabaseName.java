package ghidanh.registration.database;

import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One database as messages call it.
 *
 * @param words in a sentence, such as {@code shard 5433}
 * @param settings where it is configured, such as {@code ghidanh.shards.5433}
 * @param shard the shard's name; null for the master
 */
record DatabaseName(String words, String settings, @Nullable String shard) {

    private static final Map<String, String> SETTING_OF_STATE = Map.of(
            "28P01", "password",
            "28000", "username",
            "3D000", "url",
            "08001", "url");

    static DatabaseName ofShard(String shard) {
        return new DatabaseName("shard " + shard, "ghidanh.shards." + shard, shard);
    }

    static DatabaseName ofMaster() {
        return new DatabaseName("the master", "ghidanh.master", null);
    }

    /** Says what is wrong and, where configuration can be the reason, which setting to look at. */
    String explain(Throwable failure) {
        String message =
                String.valueOf(rootOf(failure).getMessage()).lines().findFirst().orElse("");
        String setting = SETTING_OF_STATE.get(SqlStates.of(failure));
        return setting == null ? message : message + " (see " + settings + "." + setting + ")";
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        // The last SQLException knows more than the socket's exception below it.
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SQLException) {
                root = t;
            }
        }
        return root;
    }
}
