package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.embedded.PostgresCluster.StopMode;
import ghidanh.event.Entity;
import ghidanh.servers.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ShardOutageIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    @BeforeAll
    static void startConsumer() {
        SyncStack.consumer();
    }

    @Test
    void a_shard_that_is_down_stops_only_itself_and_catches_up_when_it_is_back() {
        PostgresServer shard = SyncStack.SERVERS.shard("5434");
        Rest rest = Rest.of(SyncStack.consumer());
        double calm = secondsForOneAfterTheOther();
        int dead = SyncStack.deadLetters("5434").size();
        long older = planted("5434");
        List<Long> waiting = Stream.generate(() -> SyncStack.newRegistration("5434"))
                .limit(10)
                .toList();

        shard.stop(StopMode.IMMEDIATE);
        try {
            await().atMost(SOON)
                    .until(() -> rest.get("/actuator/health/shards")
                            .body()
                            .path("details")
                            .has("5434"));
            assertThat(rest.get("/actuator/health/shards")
                            .body()
                            .path("details")
                            .has("5433"))
                    .isFalse();
            waiting.forEach(regId -> SyncStack.send("5434", Entity.REGISTRATION, regId));
            await().atMost(SOON)
                    .until(() -> rest.get("/actuator/health/outages")
                            .body()
                            .path("details")
                            .has("5434"));

            assertThat(secondsForOneAfterTheOther())
                    .as("seconds, against %.1f before", calm)
                    .isLessThan(Math.max(20, 2 * calm));
            assertThat(rest.get("/actuator/health/liveness").status()).isEqualTo(200);
            assertThat(rest.get("/actuator/health/readiness").status()).isEqualTo(200);
        } finally {
            shard.start();
        }

        await().atMost(SOON).until(() -> waiting.stream().allMatch(regId -> SyncStack.isMarked("5434", regId)));
        assertThat(SyncStack.deadLetters("5434")).hasSize(dead);
        await("a check, since it may have been started with an older copy of its disk")
                .atMost(SOON)
                .until(() -> isOnMaster(older, "mark is null"));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(rest.get("/actuator/health/outages")
                                .body()
                                .path("status")
                                .stringValue())
                        .isEqualTo("UP"));
    }

    /** A registration that the shard has otherwise than the master, and nothing else tells: a change that the shard lost. */
    private static long planted(String shard) {
        Jobbing.awaitCompared(shard);
        long regId = SyncStack.newRegistration(shard);
        SyncStack.send(shard, Entity.REGISTRATION, regId);
        await().atMost(SOON).until(() -> SyncStack.isMarked(shard, regId));
        SyncStack.master()
                .sql("update registrations set mark = 9.5 where shard_name = ? and shard_reg_id = ?")
                .params(shard, regId)
                .update();
        assertThat(isOnMaster(regId, "mark = 9.5")).isTrue();
        return regId;
    }

    private static boolean isOnMaster(long regId, String state) {
        return SyncStack.master()
                        .sql("select count(*) from registrations where shard_name = '5434' and shard_reg_id = ? and "
                                + state)
                        .param(regId)
                        .query(Long.class)
                        .single()
                == 1;
    }

    /**
     * For 20 registrations of 5433, each sent when the one before is marked. Had they to wait for the retries of the other
     * shard, of which there is one in 5 s when an outage has lasted for a while, it would be more than a minute.
     */
    private static double secondsForOneAfterTheOther() {
        long begin = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            long regId = SyncStack.newRegistration("5433");
            SyncStack.send("5433", Entity.REGISTRATION, regId);
            await().atMost(SOON).until(() -> SyncStack.isMarked("5433", regId));
        }
        return (System.nanoTime() - begin) / 1e9;
    }
}
