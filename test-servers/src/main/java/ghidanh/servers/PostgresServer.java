package ghidanh.servers;

import ghidanh.embedded.PostgresCluster;
import ghidanh.embedded.PostgresCluster.StopMode;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A PostgreSQL server that a test may stop, freeze and hurt. Its address and data stay until it is closed. */
public interface PostgresServer extends AutoCloseable {

    /** Starts the server and waits until it accepts connections. Does nothing if it runs already. */
    void start();

    /** Stops the server. Does nothing if it does not run. */
    void stop(StopMode mode);

    /** Suspends all processes of the server, which then keeps its connections and answers nothing. */
    void freeze();

    /** Lets a frozen server go on. */
    void thaw();

    /**
     * Kills the process of a session as {@code kill -9} does; the server answers with a restart.
     *
     * @param pid as {@code pg_backend_pid()} tells it
     */
    void killSession(int pid);

    String host();

    int port();

    String password();

    default String user() {
        return "postgres";
    }

    /** Where the other servers find this one: in a network of containers that is not where tests do. */
    default String fdwHost() {
        return host();
    }

    default int fdwPort() {
        return port();
    }

    default String jdbcUrl(String database) {
        return "jdbc:postgresql://" + host() + ":" + port() + "/" + database;
    }

    /** Opens a connection as the superuser; the caller closes it. */
    default Connection connect(String database) throws SQLException {
        return dataSource(database).getConnection();
    }

    /** Connections as the superuser, without a pool. */
    default DataSource dataSource(String database) {
        var source = new PGSimpleDataSource();
        source.setURL(jdbcUrl(database));
        source.setUser(user());
        source.setPassword(password());
        return source;
    }

    default void createDatabaseIfMissing(String name) {
        try (var connection = connect("postgres")) {
            PostgresCluster.createDatabaseIfMissing(connection, name);
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot create the database " + name + " on " + this, e);
        }
    }

    /** Stops the server and forgets its data. */
    @Override
    void close();
}
