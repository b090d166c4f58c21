package ghidanh.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** The files of {@code sql/shard} and {@code sql/master}, each with those of {@code sql/common}. */
public enum Migrations {
    SHARD,
    MASTER;

    /**
     * Brings a database's tables and functions up to date; instances that start together take turns.
     *
     * @param database whose connections wait as long as another instance's migration may take
     * @return the number of files that were run; 0 if all was up to date
     */
    public int migrate(DataSource database) throws SQLException {
        // Flyway locks its history table, but not the look before whether there is one: with baselineOnMigrate, an
        // instance that sees another's half-made schema fails on it. The lock goes with the connection.
        try (Connection turn = database.getConnection();
                var statement = turn.createStatement()) {
            statement.execute("select pg_advisory_lock(hashtext('ghidanh.migration'))");
            return flyway(database, "classpath:sql/common", "classpath:sql/" + name().toLowerCase(Locale.ROOT))
                    .migrate()
                    .migrationsExecuted;
        }
    }

    static Flyway flyway(DataSource database, String... locations) {
        return Flyway.configure()
                .dataSource(database)
                .locations(locations)
                // The psql walk-through may have made the tables before; every statement can run again.
                .baselineOnMigrate(true)
                .baselineVersion("0")
                // Functions come and go; what drops one is a version.
                .ignoreMigrationPatterns("repeatable:missing")
                .load();
    }
}
