package ghidanh.registration.database;

import ghidanh.database.DatabaseName;

/** Makes the exceptions of databases that are down, for tests of other packages. */
public final class Unavailable {

    private Unavailable() {}

    public static DatabaseUnavailableException inCommit(String shard) {
        return new DatabaseUnavailableException(DatabaseName.ofShard(shard), "it stopped answering", true, null);
    }
}
