package ghidanh.embedded;

import java.nio.file.Path;
import java.sql.SQLException;

/** Starts a cluster twice and prints what it read back; the binaries go to a directory beside its own. */
final class UseCluster {

    private UseCluster() {}

    public static void main(String[] arguments) throws SQLException {
        var directory = Path.of(arguments[0]);
        var settings = PostgresSettings.in(directory.resolve("cluster")).withCache(directory.resolveSibling("cache"));
        try (var cluster = new PostgresCluster(settings).start();
                var connection = cluster.connect("postgres");
                var statement = connection.createStatement()) {
            statement.execute("create table kept as select 'kept' as word");
        }
        try (var cluster = new PostgresCluster(settings).start();
                var connection = cluster.connect("postgres");
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select word from kept")) {
            rows.next();
            System.out.println(rows.getString(1));
        }
    }
}
