package ghidanh.registration.database;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Brings a shard's tables and functions to the state of {@code sql/shard}. */
final class ShardMigration {

    private ShardMigration() {}

    /**
     * Migrates; instances that start together take turns.
     *
     * @return the number of files that were run; 0 if all was up to date
     */
    static int migrate(DataSource shard) throws SQLException {
        // Flyway locks its history table, but not the look before whether there is one: with baselineOnMigrate, an
        // instance
        // that sees another's half-made schema fails on it. The lock goes with the connection.
        try (Connection turn = shard.getConnection();
                var statement = turn.createStatement()) {
            statement.execute("select pg_advisory_lock(hashtext('ghidanh.migration'))");
            return Flyway.configure()
                    .dataSource(shard)
                    .locations("classpath:sql/shard")
                    // The psql walk-through may have made the tables before; every statement can run again.
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    // Functions come and go; what drops one is a version.
                    .ignoreMigrationPatterns("repeatable:missing")
                    .load()
                    .migrate()
                    .migrationsExecuted;
        }
    }
}
