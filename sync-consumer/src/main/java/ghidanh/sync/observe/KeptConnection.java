package ghidanh.sync.observe;

import ghidanh.database.DatabaseName;
import ghidanh.database.Obstacle;
import ghidanh.database.Trouble;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
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
    private final Answering answering;
    private volatile @Nullable Connection connection;

    /** @param source must give up on a silent database by itself */
    KeptConnection(DatabaseName name, DataSource source, Clock clock) {
        this.name = name;
        this.source = source;
        this.answering = new Answering(clock);
    }

    /** A question to the database. */
    interface Question<T> {

        T ask(Connection connection) throws SQLException;
    }

    /** A session that was ended between two questions says nothing of the database: the next one does. */
    <T> T answer(Question<T> question) throws NoAnswerException {
        answering.asks();
        try {
            Connection kept = connection;
            T answer = kept == null ? askAnew(question) : askOnceMore(kept, question);
            answering.answered();
            return answer;
        } catch (SQLException | RuntimeException e) {
            close();
            var failure = new NoAnswerException(name.explain(e), e);
            answering.failed(failure.obstacle(), String.valueOf(failure.getMessage()));
            throw failure;
        }
    }

    private <T> T askOnceMore(Connection kept, Question<T> question) throws SQLException {
        try {
            return question.ask(kept);
        } catch (SQLException | RuntimeException e) {
            if (Obstacle.of(e) != Obstacle.AWAY) {
                throw e;
            }
            LOG.debug("A session was ended", e);
            close();
            return askAnew(question);
        }
    }

    private <T> T askAnew(Question<T> question) throws SQLException {
        Connection opened = source.getConnection();
        connection = opened;
        return question.ask(opened);
    }

    /** Whether an answer takes suspiciously long. */
    boolean hesitates() {
        return answering.hesitates();
    }

    /** Why there was no answer to the last question, or is none to the one under way. */
    Optional<Trouble> trouble() {
        return answering.trouble();
    }

    /** Statements to the database. */
    interface Statements<T> {

        T ask(JdbcClient client);
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
