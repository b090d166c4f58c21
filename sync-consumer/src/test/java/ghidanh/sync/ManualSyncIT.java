package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

class ManualSyncIT {

    private static ConfigurableApplicationContext consumer;
    private static Rest rest;

    @BeforeAll
    static void startConsumer() {
        consumer = SyncStack.startReadyConsumer(
                List.of("by_hand", "by_hand_too"), Map.of("ghidanh.sync.sweep.interval", "1h"));
        rest = Rest.of(consumer);
    }

    @AfterAll
    static void stopConsumer() {
        consumer.close();
    }

    @Test
    void a_manual_sync_brings_what_no_event_told_of_and_says_how_much() {
        long first = SyncStack.newRegistration("by_hand");
        long second = SyncStack.newRegistration("by_hand");
        long third = SyncStack.newRegistration("by_hand_too");

        Rest.Answer answer = rest.post("/api/sync", "");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().path("registrations").longValue()).isEqualTo(3);
        assertThat(answer.body().path("shards").path("by_hand").longValue()).isEqualTo(2);
        assertThat(answer.body().path("shards").path("by_hand_too").longValue()).isEqualTo(1);
        assertThat(answer.body().path("unavailableShards").size()).isZero();
        assertThat(SyncStack.isOnMaster("by_hand", first)).isTrue();
        assertThat(SyncStack.isOnMaster("by_hand", second)).isTrue();
        assertThat(SyncStack.isOnMaster("by_hand_too", third)).isTrue();
        // No mark ahead of the commit; the second call sets it.
        assertThat(SyncStack.isMarked("by_hand", first)).isFalse();
        assertThat(rest.post("/api/sync", "").body().path("registrations").longValue())
                .isZero();
        assertThat(SyncStack.isMarked("by_hand", first)).isTrue();
        JsonNode audit = rest.get("/api/syncs?limit=2").body().path("jobs");
        assertThat(audit.get(1).path("counts").path("registrations").longValue())
                .isEqualTo(3);
        assertThat(audit.get(1).path("state").asString()).isEqualTo("DONE");
        assertThat(audit.get(1).path("requestedBy").asString()).isNotEmpty();
    }

    @Test
    void one_manual_sync_at_a_time_over_all_instances() {
        SyncStack.master().sql("""
                        insert into jobs (kind, options, reason, requested_by, state, owner)
                        values ('sync', '{}', '', '', 'running', 'another instance')
                        """).update();

        Rest.Answer second = rest.post("/api/sync", "");

        SyncStack.master()
                .sql("delete from jobs where owner = 'another instance'")
                .update();
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.body().path("code").asString()).isEqualTo("ALREADY_RUNNING");
    }
}
