package ghidanh.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;

class FaultTest {

    @ParameterizedTest
    @CsvSource({
        "22003, DATA",
        "22P02, DATA",
        "23502, DATA",
        "23503, DATA",
        "23505, DATA",
        "23514, DATA",
        "P0001, DATA",
        "40001, BUSY",
        "40P01, BUSY",
        "57014, BUSY",
        "55P03, BUSY",
        "08001, OUTAGE",
        "08006, OUTAGE",
        "57P01, OUTAGE",
        "57P03, OUTAGE",
        "25006, OUTAGE",
        "HV00N, OUTAGE",
        "53300, OUTAGE",
        "53100, OUTAGE",
        "58030, OUTAGE",
        "42P01, SETUP",
        "42883, SETUP",
        "28P01, SETUP",
        "3D000, SETUP",
        "RM002, SETUP",
        "22023, SETUP",
        "42703, SETUP",
        "42804, SETUP",
        "XX000, BUG"
    })
    void the_sqlstate_says_what_an_error_means(String state, Fault fault) {
        assertThat(Fault.of(new SQLException("x", state))).isEqualTo(fault);
    }

    @Test
    void what_wraps_an_error_does_not_change_it() {
        var refused = new SQLException("no such role", "28000", new ConnectException());
        var pools = new SQLTransientConnectionException("no connection in time", null, refused);

        assertThat(Fault.of(new RuntimeException(pools))).isEqualTo(Fault.SETUP);
        assertThat(Fault.of(new DataAccessResourceFailureException("Spring's", new SQLException("lost", "08006"))))
                .isEqualTo(Fault.OUTAGE);
        // As the driver tells a statement in a transaction that an earlier one has broken.
        assertThat(Fault.of(new SQLException("aborted", "25P02", new SQLException("deadlock", "40P01"))))
                .isEqualTo(Fault.BUSY);
        assertThat(Fault.of(new SQLException("deadlock", "40P01", new SQLException("no state"))))
                .isEqualTo(Fault.BUSY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"22001", "57014", "99999"})
    void who_got_no_session_asked_nothing_that_could_be_at_fault(String state) {
        var refused = new SQLException("no session", state);

        assertThat(Fault.of(new SQLTransientConnectionException("pool's", state, refused)))
                .isEqualTo(Fault.OUTAGE);
        assertThat(Fault.of(new CannotGetJdbcConnectionException("Spring's", refused)))
                .isEqualTo(Fault.OUTAGE);
        assertThat(Fault.of(new SQLTransientConnectionException("timed out"))).isEqualTo(Fault.OUTAGE);
    }

    @Test
    void what_is_not_known_is_never_the_rows_fault() {
        assertThat(Fault.of(new IllegalStateException())).isEqualTo(Fault.BUG);
        assertThat(Fault.of(new SQLException("no state"))).isEqualTo(Fault.BUG);
    }
}
