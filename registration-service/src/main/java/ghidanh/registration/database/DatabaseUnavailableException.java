package ghidanh.registration.database;

import ghidanh.database.DatabaseName;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A shard or the master cannot be used now: down, frozen, not migrated yet, or overloaded. */
public final class DatabaseUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient DatabaseName database;
    private final boolean mayHaveCommitted;

    DatabaseUnavailableException(
            DatabaseName database, String reason, boolean mayHaveCommitted, @Nullable Throwable cause) {
        super(database.words() + " is not available: " + reason, cause);
        this.database = database;
        this.mayHaveCommitted = mayHaveCommitted;
    }

    /**
     * Returns the exception of this kind that a future failed with, for a caller that can do without the database.
     *
     * @throws CompletionException if it failed for another reason
     */
    public static DatabaseUnavailableException in(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof DatabaseUnavailableException unavailable) {
            return unavailable;
        }
        throw new CompletionException(cause);
    }

    /** The database in words: {@code shard 5433} or {@code the master}. */
    public String database() {
        return database.words();
    }

    /** The shard's name; null if it is the master. */
    public @Nullable String shard() {
        return database.shard();
    }

    /** For requests that waited behind the one that failed and were never sent. */
    public DatabaseUnavailableException beforeSending() {
        return new DatabaseUnavailableException(database, "it stopped answering", false, this);
    }

    /** Whether the connection was lost when a commit may have happened already. */
    public boolean mayHaveCommitted() {
        return mayHaveCommitted;
    }
}
