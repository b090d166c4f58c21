package ghidanh.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.postgresql.util.ServerErrorMessage;
import org.springframework.jdbc.CannotGetJdbcConnectionException;

class DatabaseNameTest {

    private final DatabaseName shard = DatabaseName.ofShard("5433");

    @Test
    void a_failure_that_configuration_can_cause_names_the_setting() {
        var refused = new SQLException("Connection to db:5433 refused", "08001");
        var pooled = new CannotGetJdbcConnectionException(
                "no connection", new SQLTransientConnectionException("timed out", null, 0, refused));

        assertThat(shard.explain(pooled)).isEqualTo("Connection to db:5433 refused (see ghidanh.shards.5433.url)");
        assertThat(DatabaseName.MASTER.explain(new SQLException("authentication failed", "28P01")))
                .isEqualTo("authentication failed (see ghidanh.master.password)");
        assertThat(DatabaseName.MASTER.explain(told("28P01", "authentication failed", "")))
                .isEqualTo("authentication failed (see ghidanh.master.password)");
    }

    @Test
    void any_other_failure_is_told_in_its_first_line() {
        var lost = new SQLException("An I/O error occurred\n  Detail: secret", "08006", new IOException("reset"));

        assertThat(shard.explain(new IllegalStateException("wrapped", lost))).isEqualTo("An I/O error occurred");
        assertThat(shard.explain(new IllegalStateException("no tables"))).isEqualTo("no tables");
        assertThat(shard.explain(new IllegalStateException())).isEqualTo("null");
    }

    @Test
    void what_only_the_driver_could_tell_names_the_database() {
        var lost = new PSQLException("An I/O error occurred", PSQLState.CONNECTION_FAILURE);

        assertThat(DatabaseName.MASTER.explain(lost)).isEqualTo("An I/O error occurred (see ghidanh.master.*)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            failed: FATAL:  password authentication failed for user "postgres" | .password, roles.fdw)
            failed: FATAL:  Mật khẩu xác thực thất bại cho người dùng "postgres" | fdw-database, username, password)
            failed: Connection refused | .fdw-host, fdw-port, fdw-database, username, password)
            """)
    void a_shard_that_the_master_cannot_reach_is_told_with_its_settings(String reason, String settings) {
        String refused = "connection to server at \"localhost\" (::1), port 5433 failed: Connection refused\n"
                + "\tIs the server running on that host and accepting TCP/IP connections?\n";
        String tried = "connection to server at \"localhost\" (127.0.0.1), port 5433 " + reason;
        var error = told("08001", "could not connect to server \"fdw_5433\"", refused + tried);

        assertThat(DatabaseName.MASTER.explain(new RuntimeException(error)))
                .startsWith("could not connect to server \"fdw_5433\": " + tried + " (see ghidanh.shards.5433.")
                .endsWith(settings);
    }

    @Test
    void details_that_tell_of_a_row_are_left_out() {
        var error = told("23514", "violates check", "Failing row contains (1, Lê An).");

        assertThat(DatabaseName.MASTER.explain(error)).isEqualTo("violates check");
    }

    @Test
    void what_a_trigger_says_at_length_is_told_in_a_line() {
        assertThat(DatabaseName.MASTER.explain(told("P0001", "not\n\tthis\u0001one", "")))
                .isEqualTo("not this one");
        assertThat(DatabaseName.MASTER.explain(told("P0001", "x".repeat(2_000_000), "")))
                .hasSize(1_003)
                .endsWith("x...");
    }

    private static PSQLException told(String state, String message, String detail) {
        return new PSQLException(new ServerErrorMessage("SERROR\0C" + state + "\0M" + message + "\0D" + detail + "\0"));
    }
}
