package ghidanh.sync.web;

import ghidanh.database.DatabaseName;
import ghidanh.database.Fault;
import ghidanh.sync.deadletter.BrokerUnavailableException;
import ghidanh.sync.drift.RefusedRemovalException;
import ghidanh.sync.job.JobConflictException;
import ghidanh.sync.replay.NoSuchPartitionException;
import ghidanh.web.FieldError;
import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import java.sql.SQLException;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** What the exceptions of this service are answered with. */
@RestControllerAdvice
@Order(0) // before the one that takes every exception
class SyncAdvice {

    private static final Logger LOG = LoggerFactory.getLogger(SyncAdvice.class);

    @ExceptionHandler
    ResponseEntity<Object> handle(JobConflictException e) {
        String url = e.kind().path() + "/" + e.other();
        return Problem.of(ProblemCode.ALREADY_RUNNING, url + " is at work on the shard.")
                .with("job", e.other())
                .with("url", url)
                .response();
    }

    @ExceptionHandler
    ResponseEntity<Object> handle(RefusedRemovalException e) {
        return Problem.of(ProblemCode.valueOf(e.why().name()), String.valueOf(e.getMessage()))
                .response();
    }

    @ExceptionHandler
    ResponseEntity<Object> handle(NoSuchPartitionException e) {
        return Problem.invalid("/from", FieldError.Code.RANGE, "names what is not there: " + e.getMessage())
                .response();
    }

    @ExceptionHandler({BrokerUnavailableException.class, KafkaException.class})
    ResponseEntity<Object> kafkaAway(RuntimeException e) {
        LOG.warn("Kafka cannot be asked: {}", e.getMessage());
        return Problem.of(ProblemCode.KAFKA_UNAVAILABLE, "Kafka does not answer.")
                .response();
    }

    @ExceptionHandler({DataAccessException.class, TransactionException.class, SQLException.class})
    ResponseEntity<Object> masterFailed(Exception e) {
        Fault fault = Fault.of(e);
        LOG.warn("The master cannot do it ({}): {}", fault, DatabaseName.MASTER.explain(e));
        return problem(fault).response();
    }

    private static Problem problem(Fault fault) {
        return switch (fault) {
            case OUTAGE -> Problem.of(ProblemCode.MASTER_UNAVAILABLE, "The master cannot be reached; nothing is lost.");
            case SETUP -> Problem.of(ProblemCode.MASTER_UNAVAILABLE, "The master is still being set up.");
            case BUSY ->
                Problem.of(ProblemCode.MASTER_UNAVAILABLE, "Something else held the rows for too long; try again.");
            case DATA, BUG -> Problem.of(ProblemCode.INTERNAL, "The master refused; the log says what.");
        };
    }
}
