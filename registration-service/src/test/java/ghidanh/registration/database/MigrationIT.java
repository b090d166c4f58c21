package ghidanh.registration.database;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.registration.Databases;
import ghidanh.servers.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

class MigrationIT {

    private final PostgresServer cluster = Databases.shard("5434");

    @Test
    void the_second_migration_has_nothing_to_do() throws Exception {
        PGSimpleDataSource database = database("migrated_twice");

        assertThat(ShardMigration.migrate(database)).isPositive();
        assertThat(ShardMigration.migrate(database)).isZero();
    }

    @Test
    void a_database_made_by_psql_is_migrated_without_harm() throws Exception {
        PGSimpleDataSource database = database("made_by_psql");
        runScripts(database);
        runScripts(database);

        ShardMigration.migrate(database);

        assertThat(ShardMigration.migrate(database)).isZero();
        runScripts(database);
    }

    @Test
    void instances_that_start_together_take_turns() throws Exception {
        PGSimpleDataSource database = database("migrated_by_four");
        var threads = Executors.newFixedThreadPool(4);
        Callable<Integer> migration = () -> ShardMigration.migrate(database);

        int executed = 0;
        for (Future<Integer> instance : threads.invokeAll(List.of(migration, migration, migration, migration))) {
            executed += instance.get();
        }
        threads.shutdown();

        assertThat(executed).isEqualTo(scripts().size());
    }

    private PGSimpleDataSource database(String name) {
        cluster.createDatabaseIfMissing(name);
        var database = new PGSimpleDataSource();
        database.setURL(cluster.jdbcUrl(name));
        database.setUser(cluster.user());
        database.setPassword(cluster.password());
        return database;
    }

    private static void runScripts(PGSimpleDataSource database) throws SQLException, IOException {
        try (Connection connection = database.getConnection();
                var statement = connection.createStatement()) {
            for (Resource script : scripts()) {
                statement.execute(script.getContentAsString(StandardCharsets.UTF_8));
            }
        }
    }

    /** As psql runs them: versions in their order, then the functions. */
    private static List<Resource> scripts() throws IOException {
        Comparator<String> versionsFirst = Comparator.comparing(name -> name.startsWith("R__"));
        return Arrays.stream(new PathMatchingResourcePatternResolver().getResources("classpath*:sql/shard/*.sql"))
                .sorted(Comparator.comparing(
                        script -> String.valueOf(script.getFilename()),
                        versionsFirst.thenComparing(Comparator.naturalOrder())))
                .toList();
    }
}
