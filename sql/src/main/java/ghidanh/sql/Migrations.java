package ghidanh.sql;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Objects;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** The files of {@code sql/shard} and {@code sql/master}, each with those of {@code sql/common}. */
public enum Migrations {
    SHARD,
    MASTER;

    /** Rises with every change of a file; a test holds the two together. For psql it is a variable, set by the same file. */
    static final int RELEASE = release();

    /**
     * Brings a database's tables and functions up to date, unless a newer release has; instances that start together take turns.
     *
     * @param database whose connections wait as long as another instance's migration may take
     * @return the number of files that were run; 0 if all was up to date
     * @throws SQLException if the database is not in UTF8, and also where others hold a table for over two seconds: to be tried
     *     again, since whoever waits for a table makes everybody wait who comes after
     */
    public int migrate(DataSource database) throws SQLException {
        // Flyway locks its history table, but not the look before whether there is one: with baselineOnMigrate, an
        // instance that sees another's half-made schema fails on it. The lock goes with the connection.
        try (Connection turn = database.getConnection();
                var statement = turn.createStatement()) {
            statement.execute(resource("check.sql"));
            statement.execute("select pg_advisory_lock(hashtext('ghidanh.migration'))");
            if (newest(statement) > RELEASE) {
                return 0;
            }
            int executed = flyway(database, "classpath:sql/common", "classpath:sql/" + name().toLowerCase(Locale.ROOT))
                    .migrate()
                    .migrationsExecuted;
            statement.execute(
                    "insert into public.schema_release (release) values (" + RELEASE + ") on conflict do nothing");
            return executed;
        }
    }

    /** 0 where none was ever applied. */
    private static int newest(Statement statement) throws SQLException {
        return number(statement, "select count(to_regclass('public.schema_release'))") == 0
                ? 0
                : number(statement, "select coalesce(max(release), 0) from public.schema_release");
    }

    private static int number(Statement statement, String query) throws SQLException {
        try (var row = statement.executeQuery(query)) {
            row.next();
            return row.getInt(1);
        }
    }

    static Flyway flyway(DataSource database, String... locations) {
        return Flyway.configure()
                .dataSource(database)
                .locations(locations)
                .initSql("set lock_timeout = '2s'")
                // The psql walk-through may have made the tables before; every statement can run again.
                .baselineOnMigrate(true)
                .baselineVersion("0")
                // Functions come and go; what drops one is a version. Later versions are a newer release's.
                .ignoreMigrationPatterns("repeatable:missing", "*:future")
                .load();
    }

    private static int release() {
        return Integer.parseInt(resource("release.txt").split("\\s+")[2]);
    }

    private static String resource(String name) {
        try (InputStream text = Objects.requireNonNull(Migrations.class.getResourceAsStream("/sql/" + name))) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
