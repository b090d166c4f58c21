package ghidanh.registration.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ghidanh.registration.outbox.RelayState.Role;
import ghidanh.servers.TestServers;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessException;

@ExtendWith(OutputCaptureExtension.class)
class LeadershipIT {

    private static final TestServers SERVERS = TestServers.shared();
    private static final String KAFKA = SERVERS.kafka().bootstrapServers();

    private static final Duration SOON = Duration.ofSeconds(30);

    // Whatever else could end a leadership, or begin one, takes longer than a test waits.
    private static final String[] PATIENT = {
        "election-interval", "100ms", "session-timeout", "2m", "first-retry", "1m", "max-retry", "1m"
    };

    private final TestShard shard = TestShard.on(SERVERS.shard("5433"));

    @Test
    void one_of_two_instances_leads_and_the_other_takes_over_at_its_next_try(CapturedOutput output) {
        try (TestInstance first = new TestInstance(shard, KAFKA, PATIENT).start()) {
            await().atMost(SOON).until(first::leads);
            try (TestInstance second = new TestInstance(shard, KAFKA, PATIENT).start();
                    TestTopic topic = new TestTopic(KAFKA, shard)) {
                await().atMost(SOON).until(() -> second.role() == Role.FOLLOWING);
                assertThat(second.health().getStatus()).isEqualTo(Status.UP);

                assertThat(shard.killLeader()).isTrue();

                await().atMost(SOON).until(second::leads);
                await().atMost(SOON).until(() -> !first.leads() && first.leadershipsLost() == 1);
                assertThat(second.leadershipsLost()).isZero();
                assertThat(output).contains("Shard " + shard.name() + ": leadership lost");
                assertThat(first.isOutOfService()).isTrue();

                shard.insert(1, 100);
                topic.awaitRegistrations(1, 100);
                await().atMost(SOON).until(() -> shard.outboxRows() == 0);
            }
        }
    }

    @Test
    void by_default_the_next_try_comes_early_enough_for_a_takeover_within_two_seconds() {
        assertThat(TestInstance.settings().electionInterval()).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void a_stop_hands_over_without_a_lost_leadership() {
        TestInstance first = new TestInstance(shard, KAFKA, PATIENT).start();
        await().atMost(SOON).until(first::leads);
        try (TestInstance second = new TestInstance(shard, KAFKA, PATIENT).start()) {
            await().atMost(SOON).until(() -> second.role() == Role.FOLLOWING);

            first.close();

            await().atMost(SOON).until(second::leads);
            assertThat(first.leadershipsLost()).isZero();
            assertThat(first.role()).isEqualTo(Role.AWAY);
        }
    }

    @Test
    void a_frozen_relay_loses_the_lock_to_the_next_and_deletes_nothing() {
        shard.insert(1, 3);
        RelaySettings settings = TestInstance.settings("session-timeout", "2s");
        try (RelaySession frozen = shard.relaySession(settings, Duration.ofSeconds(5))) {
            assertThat(frozen.tryLead()).isTrue();
            long[] ids =
                    frozen.read(0, 10).rows().stream().mapToLong(OutboxRow::id).toArray();

            try (TestInstance next = new TestInstance(shard, KAFKA).start();
                    TestTopic topic = new TestTopic(KAFKA, shard)) {
                await().atMost(SOON).until(next::leads);
                topic.awaitRegistrations(1, 3);
                await().atMost(SOON).until(() -> shard.outboxRows() == 0);
                shard.insert(4, 4);

                assertThatThrownBy(() -> frozen.delete(ids)).isInstanceOf(DataAccessException.class);
                topic.awaitRegistrations(4, 4);
            }
        }
    }
}
