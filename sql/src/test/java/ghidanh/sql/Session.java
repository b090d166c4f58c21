package ghidanh.sql;

import ghidanh.servers.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** A database session that answers in text, as psql does. Commits each statement unless told to begin. */
final class Session implements AutoCloseable {

    /** Of every role that a test signs in as. */
    static final String PASSWORD = "of a role";

    private final Connection connection;
    private final List<SQLWarning> warnings = new ArrayList<>();

    private Session(Connection connection) {
        this.connection = connection;
    }

    static Session on(PostgresServer cluster, String database) {
        try {
            return new Session(cluster.connect(database));
        } catch (SQLException e) {
            throw new Refused(e);
        }
    }

    /** Signs in as a role, which may from now on. */
    static Session as(String role, PostgresServer cluster, String database) {
        try (Session owner = on(cluster, database)) {
            owner.execute("alter role " + role + " login password '" + PASSWORD + "'");
            return new Session(DriverManager.getConnection(cluster.jdbcUrl(database), role, PASSWORD));
        } catch (SQLException e) {
            throw new Refused(e);
        }
    }

    /** Runs a statement, or several without parameters. */
    void execute(String sql, @Nullable Object... parameters) {
        run(sql, parameters, statement -> {
            statement.execute();
            return 0;
        });
    }

    /** Returns the rows, the columns of each separated by a bar. */
    List<String> rows(String sql, @Nullable Object... parameters) {
        return run(sql, parameters, statement -> {
            List<String> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    List<String> columns = new ArrayList<>();
                    for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                        String column = result.getString(i);
                        columns.add(column == null ? "" : column);
                    }
                    rows.add(String.join("|", columns));
                }
            }
            return rows;
        });
    }

    /** Returns the only row. */
    String text(String sql, @Nullable Object... parameters) {
        List<String> rows = rows(sql, parameters);
        if (rows.size() != 1) {
            throw new AssertionError(rows.size() + " rows: " + sql);
        }
        return rows.get(0);
    }

    long number(String sql, @Nullable Object... parameters) {
        return Long.parseLong(text(sql, parameters));
    }

    Session begin() {
        execute("begin");
        return this;
    }

    void commit() {
        execute("commit");
    }

    void rollback() {
        execute("rollback");
    }

    /** Returns the server process of this session, also while it runs a statement. */
    int pid() {
        try {
            return connection.unwrap(PGConnection.class).getBackendPID();
        } catch (SQLException e) {
            throw new Refused(e);
        }
    }

    /** Returns what the server told beside the results of the last statement. */
    List<SQLWarning> warnings() {
        return warnings;
    }

    Connection connection() {
        return connection;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new Refused(e);
        }
    }

    private <T> T run(String sql, @Nullable Object[] parameters, Work<T> work) {
        warnings.clear();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            T result = work.on(statement);
            for (SQLWarning warning = statement.getWarnings(); warning != null; warning = warning.getNextWarning()) {
                warnings.add(warning);
            }
            return result;
        } catch (SQLException e) {
            throw new Refused(e);
        }
    }

    private interface Work<T> {
        T on(PreparedStatement statement) throws SQLException;
    }

    /** The server's error, with its SQLSTATE. */
    static final class Refused extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final String state;

        Refused(SQLException cause) {
            super(cause.getSQLState() + " " + cause.getMessage(), cause);
            this.state = String.valueOf(cause.getSQLState());
        }

        String state() {
            return state;
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }
}
