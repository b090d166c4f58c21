package ghidanh.sync.observe;

import ghidanh.database.DatabaseName;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** One connection for one thread, outside every pool: opened at need, and anew after any failure. Any thread may close it. */
class KeptConnection implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KeptConnection.class);

    private final DatabaseName name;
    private final DataSource source;
    private volatile @Nullable Connection connection;

    /** @param source must give up on a silent database by itself */
    KeptConnection(DatabaseName name, DataSource source) {
        this.name = name;
        this.source = source;
    }

    /** A question to the database. */
    interface Question<T> {

        T ask(Connection connection) throws SQLException, NoAnswerException;
    }

    <T> T answer(Question<T> question) throws NoAnswerException {
        try {
            if (connection == null) {
                connection = source.getConnection();
            }
            return question.ask(connection);
        } catch (SQLException | RuntimeException e) {
            close();
            throw new NoAnswerException(name.explain(e), e);
        }
    }

    /** Statements to the database, and perhaps to another one within. */
    interface Statements<T> {

        T ask(JdbcClient client) throws NoAnswerException;
    }

    <T> T ask(Statements<T> statements) throws NoAnswerException {
        return answer(session -> statements.ask(JdbcClient.create(new SingleConnectionDataSource(session, true))));
    }

    @Override
    public void close() {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.debug("A connection did not close", e);
            }
            connection = null;
        }
    }
}
