package ghidanh.sync.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.database.Obstacle;
import ghidanh.database.Trouble;
import ghidanh.sync.observe.Backlog;
import ghidanh.sync.observe.MasterState;
import ghidanh.sync.observe.MasterState.Identity;
import ghidanh.sync.observe.MasterState.Statement;
import ghidanh.sync.observe.Observation;
import ghidanh.sync.observe.ShardState;
import ghidanh.sync.observe.Unsynced;
import ghidanh.sync.remap.ShardSyncs;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which sentence signs make; the drill of the module chaos has the faults that make the signs. */
class FindingTest {

    private static final Instant SINCE = Instant.parse("2026-11-28T03:00:00Z");

    private static final String HERE = "0 at 1/2/3";

    /** All is well, until a test says otherwise. */
    private static final class Signals {

        private @Nullable Trouble shard;
        private @Nullable Trouble master;
        private @Nullable Trouble kafka;
        private @Nullable ShardState state = new ShardState(true, false, null, HERE, null);
        private Backlog backlog = new Backlog(0, 0);
        private Unsynced unsynced = new Unsynced(0, 0);
        private boolean hesitates;
        private double waitingEvents;
        private boolean masterReadOnly;
        private @Nullable Statement statement;
        private Identity identity = new Identity("shard 0 at 1/2/3, master 4/5/6", 0);
        private double clock;
        private @Nullable String setup;
        private ShardSyncs.@Nullable State sync = new ShardSyncs.State(true, false, null);
        private double standstill;
        private @Nullable Double lag = 0.004;
        private long drift;
        private long deadLetters;

        Finding finding() {
            var onMaster = new MasterState(
                    masterReadOnly,
                    "4/5/6",
                    statement == null ? Map.of() : Map.of("5433", statement),
                    Map.of("5433", identity));
            var seen = new Observation(
                    "5433",
                    "public",
                    shard,
                    hesitates,
                    state,
                    backlog,
                    unsynced,
                    waitingEvents,
                    deadLetters,
                    kafka,
                    master,
                    onMaster,
                    clock,
                    0);
            var facts = new Facts(seen, 0, standstill, Double.NaN, Double.NaN, drift, 0);
            return Finding.of(new Signs(facts, setup, sync, lag, deadLetters));
        }

        Kind kind() {
            return finding().kind();
        }

        Signals sync(Obstacle obstacle) {
            sync = new ShardSyncs.State(true, false, trouble(obstacle));
            return this;
        }
    }

    private final Signals signals = new Signals();

    private static Trouble trouble(Obstacle obstacle) {
        return new Trouble(SINCE, obstacle, "words");
    }

    @Test
    void well_is_told_with_the_lag_and_without_one_where_nothing_came() {
        assertThat(signals.finding()).isEqualTo(new Finding(Kind.SYNCED, null, null, 0.004, null));
        signals.lag = null;
        assertThat(signals.finding()).isEqualTo(new Finding(Kind.SYNCED, null, null, null, null));
    }

    @ParameterizedTest
    @EnumSource
    void what_a_database_says_comes_before_all_that_follows_from_it(Obstacle obstacle) {
        signals.statement = new Statement(30, false, true, null);
        signals.waitingEvents = 19;
        signals.standstill = 60;
        signals.master = trouble(obstacle);
        assertThat(signals.kind().name()).startsWith("MASTER_");
        signals.shard = trouble(obstacle);
        assertThat(signals.kind().name()).startsWith("SHARD_");
        assertThat(signals.finding().since()).isEqualTo(SINCE);
        assertThat(signals.finding().message()).isEqualTo("words");
    }

    @Test
    void a_read_only_database_answers_and_takes_nothing() {
        signals.masterReadOnly = true;
        assertThat(signals.kind()).isEqualTo(Kind.MASTER_READ_ONLY);
        signals.state = new ShardState(true, true, null, HERE, null);
        assertThat(signals.kind()).isEqualTo(Kind.SHARD_READ_ONLY);
        signals.state = new ShardState(true, false, new ShardState.Lock(1.5, 4711), HERE, null);
        assertThat(signals.finding()).isEqualTo(new Finding(Kind.SHARD_LOCKED, null, null, 1.5, "4711"));
    }

    @Test
    void nobody_knows_before_the_first_measurement() {
        signals.unsynced = new Unsynced(Double.NaN, Double.NaN);
        assertThat(signals.kind()).isEqualTo(Kind.UNKNOWN);
        signals.state = null;
        assertThat(signals.kind()).isEqualTo(Kind.UNKNOWN);
    }

    @Test
    void what_the_master_meets_behind_it_is_told_of_the_way_to_the_shard() {
        assertThat(signals.sync(Obstacle.LOGIN_BEHIND).kind()).isEqualTo(Kind.FDW_LOGIN);
        assertThat(signals.sync(Obstacle.AWAY_BEHIND).kind()).isEqualTo(Kind.FDW_AWAY);
        assertThat(signals.sync(Obstacle.FULL).kind()).isEqualTo(Kind.MASTER_FULL);
        assertThat(signals.sync(Obstacle.OTHER).kind()).isEqualTo(Kind.SYNC_FAILS);
        signals.statement = new Statement(1.5, false, true, null);
        assertThat(signals.kind()).isEqualTo(Kind.FDW_SILENT);
        signals.state = new ShardState(true, false, new ShardState.Lock(0.2, 4712), HERE, null);
        assertThat(signals.finding())
                .as("the master waits where others wait")
                .isEqualTo(new Finding(Kind.SHARD_LOCKED, null, null, 0.2, "4712"));
        signals.state = new ShardState(true, false, null, HERE, null);
        signals.statement = new Statement(1.5, true, false, 4711);
        assertThat(signals.finding()).isEqualTo(new Finding(Kind.MASTER_LOCKED, null, null, 1.5, "4711"));
        signals.statement = new Statement(0.5, true, false, 4711);
        signals.sync = new ShardSyncs.State(true, false, null);
        assertThat(signals.kind()).as("a lock that others hold for a moment").isEqualTo(Kind.SYNCED);
    }

    @Test
    void without_the_broker_nothing_behind_it_can_be_told() {
        signals.backlog = new Backlog(19, 20);
        signals.kafka = trouble(Obstacle.SILENT);
        assertThat(signals.kind()).isEqualTo(Kind.KAFKA_SILENT);
        signals.kafka = trouble(Obstacle.INCOMPLETE);
        assertThat(signals.kind()).isEqualTo(Kind.KAFKA_INCOMPLETE);
        signals.kafka = trouble(Obstacle.LOGIN);
        assertThat(signals.kind()).isEqualTo(Kind.KAFKA_LOGIN);
    }

    @Test
    void a_sync_that_does_not_run_is_told_with_why() {
        signals.sync = new ShardSyncs.State(true, true, null);
        assertThat(signals.kind()).isEqualTo(Kind.SYNC_PAUSED);
        signals.sync = new ShardSyncs.State(false, false, null);
        assertThat(signals.kind()).isEqualTo(Kind.SYNC_STOPPED);
        signals.sync = null;
        assertThat(signals.kind()).isEqualTo(Kind.SYNC_WAITS);
        signals.setup = "Shard 5433 cannot be attached";
        assertThat(signals.finding().message()).isEqualTo("Shard 5433 cannot be attached");
    }

    @Test
    void rows_that_wait_are_told_where_they_are() {
        signals.identity = new Identity(null, 0);
        signals.unsynced = new Unsynced(19, 9e6);
        assertThat(signals.finding())
                .as("rows from before this master, with no wait of months")
                .isEqualTo(new Finding(Kind.FILLING, null, 19L, null, null));
        signals.identity = new Identity("shard 0 at 1/2/3, master 4/5/6", 0);
        signals.unsynced = new Unsynced(19, 7);
        assertThat(signals.finding()).isEqualTo(new Finding(Kind.ROWS_WAIT, null, 19L, 7.0, null));
        signals.waitingEvents = 30;
        assertThat(signals.kind()).isEqualTo(Kind.BEHIND);
        signals.standstill = 3;
        assertThat(signals.finding()).isEqualTo(new Finding(Kind.EVENTS_WAIT, null, 30L, 3.0, null));
        signals.backlog = new Backlog(12, 1.5);
        assertThat(signals.finding()).isEqualTo(new Finding(Kind.OUTBOX_WAITS, null, 12L, 1.5, null));
        signals.hesitates = true;
        assertThat(signals.kind()).as("the broker may be away").isEqualTo(Kind.SYNCED);
        signals.state = new ShardState(false, false, null, HERE, null);
        assertThat(signals.finding()).isEqualTo(new Finding(Kind.RELAY_ABSENT, null, 12L, 1.5, null));
    }

    @Test
    void what_is_wrong_with_the_rows_is_told_where_they_come_the_worst_first() {
        signals.clock = -0.7;
        assertThat(signals.finding()).isEqualTo(new Finding(Kind.CLOCK, null, null, -0.7, null));
        signals.deadLetters = 3;
        assertThat(signals.finding()).isEqualTo(new Finding(Kind.DEAD_LETTERS, null, 3L, null, null));
        signals.drift = 2;
        assertThat(signals.finding()).isEqualTo(new Finding(Kind.DRIFT, null, 2L, null, null));
        signals.identity = new Identity("shard 0 at 1/2/3, master 4/5/6", 8);
        assertThat(signals.finding()).isEqualTo(new Finding(Kind.LOST, null, 8L, null, null));
        signals.identity = new Identity("the shard went back: the master shows registration 7 in version 9", 0);
        assertThat(signals.kind()).isEqualTo(Kind.SHARD_WENT_BACK);
        signals.identity = new Identity("the master went back: registration 7 in version 9 was synced", 0);
        assertThat(signals.kind()).isEqualTo(Kind.MASTER_WENT_BACK);
        signals.identity = new Identity("shard 0 at 1/2/3, master 4/5/7", 0);
        assertThat(signals.kind()).as("another master").isEqualTo(Kind.MASTER_WENT_BACK);
        signals.identity = new Identity("shard 1764300000000000 at 1/2/3, master 4/5/6", 0);
        assertThat(signals.kind()).as("another incarnation").isEqualTo(Kind.SHARD_WENT_BACK);
    }
}
