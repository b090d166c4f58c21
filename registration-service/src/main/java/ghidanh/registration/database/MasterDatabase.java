package ghidanh.registration.database;

import ghidanh.database.Connections;
import ghidanh.database.DatabaseName;
import ghidanh.loop.Loops;
import ghidanh.shard.Database;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The master, which this service only reads. */
public final class MasterDatabase extends ReadDatabase {

    MasterDatabase(Database master, DatabaseAccessSettings settings, Connections connections, Loops loops) {
        super(
                DatabaseName.MASTER,
                master,
                () -> check(connections.unpooled(master, "check", settings.check())),
                settings,
                connections,
                loops);
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
}
