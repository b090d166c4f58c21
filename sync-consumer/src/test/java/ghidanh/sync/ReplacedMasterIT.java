package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The master's disk dies and an empty database takes its place, while consumers run and students go on. */
class ReplacedMasterIT {

    private static final String SHARD = "bereft";
    private static final int REGISTRATIONS = 500;

    @Test
    void an_empty_master_is_set_up_and_rebuilt_without_a_restart() {
        var master = new OwnMaster("replaced_master");
        try (var consumer = SyncStack.startReadyConsumer(List.of(SHARD), master.settings())) {
            Rest rest = Rest.of(consumer);
            Jobbing.fill(SHARD, REGISTRATIONS);
            Jobbing.relay(SHARD);
            await().atMost(Jobbing.SOON).until(() -> master.rows("registrations") == REGISTRATIONS);

            Jobbing.awaitRead(consumer, SHARD);
            master.die(rest);
            SyncStack.newRegistration(SHARD);
            Jobbing.relay(SHARD);
            master.comeBackEmpty(rest);

            // What came meanwhile arrives by itself, what came before by the replay.
            await().atMost(Jobbing.SOON).until(() -> master.rows("registrations") == 1);
            JsonNode replay = Jobbing.run(
                    consumer,
                    "/api/replays",
                    "{\"shard\": \"bereft\", \"from\": \"earliest\", \"dryRun\": false, \"reason\": \"the disk died\"}");
            assertThat(Jobbing.count(replay, "inserted")).isGreaterThanOrEqualTo(REGISTRATIONS);
            assertThat(master.rows("registrations")).isEqualTo(REGISTRATIONS + 1);
        }
    }
}
