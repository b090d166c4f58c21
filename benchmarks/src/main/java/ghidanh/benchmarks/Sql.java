package ghidanh.benchmarks;

import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.PostgresCluster;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Statements on a benchmark's databases, each over a connection of its own. */
public final class Sql {

    private Sql() {}

    public static void execute(PostgresCluster cluster, String sql) throws SQLException {
        try (Connection connection = cluster.connect(EmbeddedStack.DATABASE);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Returns the only number of the only row. */
    public static long number(PostgresCluster cluster, String sql) throws SQLException {
        try (Connection connection = cluster.connect(EmbeddedStack.DATABASE);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** Attaches a shard to the master and brings its students and sections. */
    public static void attach(PostgresCluster master, String name, PostgresCluster shard) throws SQLException {
        execute(
                master,
                "select attach_shard('%s', 'localhost', %d, '%s', '%s')"
                        .formatted(name, shard.port(), shard.user(), shard.password()));
        execute(master, "select sync_students_from_shard('%1$s'), sync_sections_from_shard('%1$s')".formatted(name));
    }
}
