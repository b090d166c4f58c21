package ghidanh.registration.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import ghidanh.database.Fault;
import ghidanh.servers.PostgresServer;
import ghidanh.servers.TestServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;

class RelaySessionIT {

    private static final TestServers SERVERS = TestServers.shared();

    private final TestShard shard = TestShard.on(SERVERS.shard("5433"));

    @Test
    void a_deposed_relay_deletes_nothing() {
        shard.insert(1, 3);
        RelaySettings settings = TestInstance.settings();
        try (RelaySession first = shard.relaySession(settings, Duration.ofSeconds(5));
                RelaySession second = shard.relaySession(settings, Duration.ofSeconds(5))) {
            assertThat(first.tryLead()).isTrue();
            assertThat(second.tryLead()).isFalse();
            long[] ids =
                    first.read(0, 10).rows().stream().mapToLong(OutboxRow::id).toArray();
            assertThat(ids).hasSize(3);

            assertThat(shard.killLeader()).isTrue();

            await().until(second::tryLead);
            assertThatThrownBy(() -> first.delete(ids)).isInstanceOf(DataAccessException.class);
            assertThat(shard.outboxRows()).isEqualTo(3);
        }
    }

    @Test
    void a_relay_that_waits_for_something_else_keeps_its_lock() {
        RelaySettings settings = TestInstance.settings("session-timeout", "4s");
        try (RelaySession session = shard.relaySession(settings, Duration.ofSeconds(5));
                RelaySession next = shard.relaySession(TestInstance.settings(), Duration.ofSeconds(5))) {
            assertThat(session.tryLead()).isTrue();

            await().during(Duration.ofSeconds(6))
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(settings.touchInterval())
                    .until(() -> {
                        session.touch();
                        return !next.tryLead();
                    });
            assertThat(session.read(0, 1).rows()).as("asked over the session").isEmpty();
        }
    }

    @Test
    void a_statement_that_takes_too_long_is_told_from_a_shard_that_is_gone() throws SQLException {
        try (RelaySession session = shard.relaySession(TestInstance.settings(), Duration.ofSeconds(1));
                Connection blocker = shard.connect();
                Statement statement = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            statement.execute("lock table outbox");

            var failure = catchThrowableOfType(DataAccessException.class, () -> session.read(0, 1));
            assertThat(Fault.of(failure)).isEqualTo(Fault.BUSY);

            assertThat(session.tryLead()).isTrue();
            shard.killLeader();
            failure = catchThrowableOfType(DataAccessException.class, () -> session.read(0, 1));
            assertThat(Fault.of(failure)).isEqualTo(Fault.OUTAGE);
        }
    }

    @Test
    void without_commit_times_the_time_of_the_insert_stands_in() {
        try (PostgresServer cluster = TestServers.onePostgres(Map.of("track_commit_timestamp", "off"))) {
            cluster.start();
            TestShard simple = TestShard.on(cluster);
            simple.insert(1, 1);
            try (RelaySession session = simple.relaySession(TestInstance.settings(), Duration.ofSeconds(5))) {
                assertThat(session.exactCommits()).isFalse();
                List<OutboxRow> rows = session.read(0, 10).rows();
                assertThat(rows).hasSize(1).allMatch(row -> row.committedAt() == row.createdAt());
            }
        }
    }
}
