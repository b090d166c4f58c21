package ghidanh.sync.master;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

class FaultTest {

    @ParameterizedTest
    @CsvSource({
        "22003, DATA",
        "22P02, DATA",
        "23502, DATA",
        "23503, DATA",
        "23505, DATA",
        "23514, DATA",
        "40001, CONFLICT",
        "40P01, CONFLICT",
        "08001, CONNECTION",
        "08006, CONNECTION",
        "57P01, CONNECTION",
        "57P03, CONNECTION",
        "HV00N, CONNECTION",
        "57014, TIMEOUT",
        "55P03, TIMEOUT",
        "53300, RESOURCES",
        "53100, RESOURCES",
        "58030, RESOURCES",
        "42883, SETUP",
        "28P01, SETUP",
        "RM002, SETUP",
        "XX000, UNEXPECTED",
        "P0001, UNEXPECTED"
    })
    void the_sqlstate_says_what_an_error_means(String state, Fault fault) {
        assertThat(Fault.of(new SQLException("x", state))).isEqualTo(fault);
    }

    @Test
    void a_pools_exception_means_what_the_drivers_does() {
        var pools = new SQLTransientConnectionException("pool", null, new SQLException("no such role", "28000"));

        assertThat(Fault.of(new RuntimeException(pools))).isEqualTo(Fault.SETUP);
        assertThat(Fault.of(new SQLTransientConnectionException("timed out"))).isEqualTo(Fault.CONNECTION);
    }

    @Test
    void what_is_not_known_is_never_the_rows_fault() {
        assertThat(Fault.of(new IllegalStateException())).isEqualTo(Fault.UNEXPECTED);
        assertThat(Fault.of(new SQLException("no state"))).isEqualTo(Fault.UNEXPECTED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            failed: FATAL:  password authentication failed for user "postgres" | .password)
            failed: FATAL:  Mật khẩu xác thực thất bại cho người dùng "postgres" | fdw-database, username, password)
            failed: Connection refused | .fdw-host, fdw-port, fdw-database, username, password)
            """)
    void a_shard_that_the_master_cannot_reach_is_told_with_its_settings(String reason, String settings) {
        String refused = "connection to server at \"localhost\" (::1), port 5433 failed: Connection refused\n"
                + "\tIs the server running on that host and accepting TCP/IP connections?\n";
        String tried = "connection to server at \"localhost\" (127.0.0.1), port 5433 " + reason;
        var error = new PSQLException(new ServerErrorMessage(
                "SERROR\0C08001\0Mcould not connect to server \"fdw_5433\"\0D" + refused + tried + "\0"));

        assertThat(Fault.text(new RuntimeException(error)))
                .startsWith("could not connect to server \"fdw_5433\": " + tried + " (see ghidanh.shards.5433.")
                .endsWith(settings);
    }

    @Test
    void details_that_tell_of_a_row_are_left_out() {
        var error = new PSQLException(
                new ServerErrorMessage("SERROR\0C23514\0Mviolates check\0DFailing row contains (1, Lê An).\0"));

        assertThat(Fault.text(error)).isEqualTo("violates check");
    }
}
