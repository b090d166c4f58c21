package ghidanh.registration.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.CannotGetJdbcConnectionException;

class DatabaseNameTest {

    private final DatabaseName shard = DatabaseName.ofShard("5433");

    @Test
    void a_failure_that_configuration_can_cause_names_the_setting() {
        var refused = new SQLException("Connection to db:5433 refused", "08001");

        assertThat(shard.explain(pooled(refused)))
                .isEqualTo("Connection to db:5433 refused (see ghidanh.shards.5433.url)");
        assertThat(DatabaseName.ofMaster().explain(new SQLException("authentication failed", "28P01")))
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
    void an_outage_is_known_by_its_state_or_by_the_pool_that_has_no_connection() {
        assertThat(SqlStates.isOutage(pooled(null))).isTrue();
        assertThat(SqlStates.isOutage(new SQLException("lost", "08006"))).isTrue();
        assertThat(SqlStates.isOutage(new SQLException("shutting down", "57P01")))
                .isTrue();
        assertThat(SqlStates.isOutage(new SQLException("standby", "25006"))).isTrue();
        assertThat(SqlStates.isOutage(new SQLException("no such column", "42703")))
                .isFalse();
        assertThat(SqlStates.isOutage(new SQLException("canceled", "57014"))).isFalse();
        assertThat(SqlStates.isTimeout(new SQLException("canceled", "57014"))).isTrue();
        assertThat(SqlStates.isTimeout(new SQLException("lock", "55P03"))).isTrue();
    }

    private static CannotGetJdbcConnectionException pooled(@Nullable SQLException cause) {
        return new CannotGetJdbcConnectionException(
                "no connection", new SQLTransientConnectionException("timed out", null, 0, cause));
    }
}
