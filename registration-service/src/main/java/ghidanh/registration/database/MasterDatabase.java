package ghidanh.registration.database;

import ghidanh.database.Connections;
import ghidanh.database.DatabaseName;
import ghidanh.loop.Loops;
import ghidanh.shard.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The master, which this service only reads. Thread-safe. */
public final class MasterDatabase {

    private final Availability availability;
    private final Reader reader;

    MasterDatabase(Database master, DatabaseAccessSettings settings, Connections connections, Loops loops) {
        DataSource probe = connections.unpooled(master, "check", settings.check());
        this.availability = new Availability(DatabaseName.MASTER, () -> check(probe), settings.retryInterval(), loops);
        this.reader = new Reader(
                "master",
                availability,
                connections.pool(master, "master read", settings.read(), settings.readers(), 1),
                settings.waitingReads());
    }

    private static void check(DataSource probe) throws SQLException {
        try (Connection connection = probe.getConnection();
                var statement = connection.createStatement();
                var tables = statement.executeQuery("select to_regclass('registration_details')")) {
            if (!tables.next() || tables.getString(1) == null) {
                throw new IllegalStateException(
                        "it has no tables yet, or old ones; sync-consumer migrates it when it starts");
            }
        }
    }

    /**
     * Reads on one of the master's reading threads.
     *
     * @return the answer, or {@link DatabaseUnavailableException} if the master is down, hangs or has too many readers
     */
    public <T> CompletableFuture<T> ask(Function<JdbcClient, T> question) {
        return reader.ask(question);
    }

    /** Why the master cannot be used now; null while it can. */
    public @Nullable String problem() {
        return availability.problem();
    }

    CompletableFuture<Void> start() {
        availability.start();
        return availability.firstResult();
    }

    void stop() {
        availability.stop();
        reader.stop();
    }
}
