package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.event.Entity;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** The master's password on a shard is changed as SECURITY.md says, and nothing is stopped for it. */
class FdwPasswordIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String SHARD = "rotated";

    @Test
    void registrations_arrive_before_between_and_after() {
        try (ConfigurableApplicationContext consumer = SyncStack.startReadyConsumer(List.of(SHARD), Map.of())) {
            awaitArrival(send());

            onShard("another one");
            endConnections();
            long between = send();
            onMaster("another one");

            awaitArrival(between);
            awaitArrival(send());
            endConnections();
            awaitArrival(send());
            assertThat(SyncStack.deadLetters(SHARD)).isEmpty();
            assertThat(consumer.isActive()).isTrue();
        } finally {
            onShard(SyncStack.ROLE_PASSWORD);
        }
    }

    private static long send() {
        long regId = SyncStack.newRegistration(SHARD);
        SyncStack.send(SHARD, Entity.REGISTRATION, regId);
        return regId;
    }

    private static void awaitArrival(long regId) {
        await().atMost(SOON).until(() -> SyncStack.isOnMaster(SHARD, regId) && SyncStack.isMarked(SHARD, regId));
    }

    private static void onShard(String password) {
        SyncStack.shard(SHARD)
                .sql("alter role ghidanh_fdw password '" + password + "'")
                .update();
    }

    private static void onMaster(String password) {
        SyncStack.master()
                .sql("alter user mapping for ghidanh_sync server fdw_" + SHARD + " options (set password '" + password
                        + "')")
                .update();
    }

    /** So that the master has to sign in again. */
    private static void endConnections() {
        SyncStack.shard(SHARD)
                .sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'ghidanh_fdw'")
                .query(Boolean.class)
                .list();
    }
}
