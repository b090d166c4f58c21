package ghidanh.sync.remap;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.event.ChangeEvent;
import ghidanh.event.Entity;
import ghidanh.event.EventJson;
import ghidanh.event.Headers;
import ghidanh.shard.Database;
import ghidanh.shard.Shard;
import ghidanh.shard.ShardCatalogue;
import ghidanh.shard.UniversityRange;
import ghidanh.sync.deadletter.BrokerUnavailableException;
import ghidanh.sync.deadletter.DeadLetter;
import ghidanh.sync.deadletter.Reason;
import ghidanh.sync.lag.LagMeter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.support.Acknowledgment;

class RemapListenerTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final FakeMaster master = new FakeMaster();
    private final FakeOffsets offsets = new FakeOffsets();
    private final List<DeadLetter> letters = new ArrayList<>();
    private final List<Long> marks = new ArrayList<>();
    private Consumer<List<DeadLetter>> letterBox = letters::addAll;

    @Test
    void a_batch_is_applied_then_its_offset_is_given_free_and_its_marks_follow() {
        receive(event(Entity.REGISTRATION, 1), event(Entity.STUDENT, 17), event(Entity.REGISTRATION, 2));

        assertThat(master.transactions).hasSize(1);
        assertThat(offsets.acknowledged).isTrue();
        assertThat(marks).containsExactlyInAnyOrder(1L, 2L);
        assertThat(events("inserted")).isEqualTo(3);
    }

    @Test
    void several_events_of_a_row_are_one_row_and_each_is_counted() {
        receive(event(Entity.REGISTRATION, 1), event(Entity.REGISTRATION, 1), event(Entity.REGISTRATION, 1));

        assertThat(master.transactions).containsExactly(List.of(row(Entity.REGISTRATION, 1)));
        assertThat(events("inserted")).isEqualTo(1);
        assertThat(events("merged")).isEqualTo(2);
    }

    @Test
    void what_is_no_event_of_this_shard_becomes_a_dead_letter_and_the_rest_is_applied() {
        receive(
                record("{".getBytes(StandardCharsets.UTF_8)),
                record("{\"v\":2,\"shard\":\"5433\",\"entity\":\"registration\",\"id\":1}"),
                record("{\"v\":1,\"shard\":\"5433\",\"entity\":\"timetable\",\"id\":1}"),
                record("{\"v\":1,\"shard\":\"5434\",\"entity\":\"registration\",\"id\":1}"),
                record("{\"v\":1,\"shard\":\"9999\",\"entity\":\"registration\",\"id\":1}"),
                record("{\"v\":1,\"shard\":\"5433\",\"entity\":\"student\",\"id\":99999999999}"),
                record((byte @Nullable []) null),
                event(Entity.REGISTRATION, 1));

        assertThat(letters.stream().map(DeadLetter::reason))
                .containsExactly(
                        Reason.UNREADABLE,
                        Reason.UNREADABLE,
                        Reason.UNREADABLE,
                        Reason.WRONG_SHARD,
                        Reason.WRONG_SHARD,
                        Reason.UNREADABLE,
                        Reason.UNREADABLE);
        assertThat(letters.stream().map(DeadLetter::message))
                .anyMatch(message -> message.contains("event version 2 is not known"))
                .anyMatch(message -> message.contains("unknown entity"))
                .contains(
                        "an event of shard 5434, in the topic of shard 5433",
                        "an event of shard 9999, which is not in the catalogue, in the topic of shard 5433",
                        "student 99999999999: no such number is possible");
        assertThat(master.transactions).containsExactly(List.of(row(Entity.REGISTRATION, 1)));
        assertThat(offsets.acknowledged).isTrue();
        assertThat(events("unreadable")).isEqualTo(5);
    }

    @Test
    void a_row_that_the_shard_does_not_have_becomes_a_dead_letter_that_says_so() {
        master.outcomes.put(row(Entity.REGISTRATION, 17), Outcome.MISSING);

        receive(event(Entity.REGISTRATION, 17), event(Entity.REGISTRATION, 18));

        assertThat(letters).hasSize(1);
        assertThat(letters.get(0).reason()).isEqualTo(Reason.MISSING);
        assertThat(letters.get(0).message()).isEqualTo("the shard has no registration 17");
        assertThat(marks).containsExactly(18L);
    }

    @Test
    void a_conflict_becomes_a_dead_letter() {
        master.outcomes.put(row(Entity.REGISTRATION, 17), Outcome.CONFLICT);

        receive(event(Entity.REGISTRATION, 17));

        assertThat(letters.get(0).reason()).isEqualTo(Reason.CONFLICT);
        assertThat(marks).isEmpty();
    }

    @Test
    void a_refused_row_becomes_a_dead_letter_with_the_masters_words() {
        master.failure = new SQLException("violates check constraint \"x\"", "23514");

        receive(event(Entity.REGISTRATION, 17));

        assertThat(letters.get(0).message())
                .isEqualTo("the master refuses registration 17: violates check constraint \"x\" (23514)");
        assertThat(letters.get(0).attempts()).isEqualTo(3);
        assertThat(offsets.acknowledged).isTrue();
    }

    @Test
    void an_outage_leaves_the_batch_whole() {
        for (String state :
                new String[] {"08006", "08001", "57P01", "57P03", "40001", "40P01", "53300", "57014", "55P03", "RM002"
                }) {
            master.failure = new SQLException("not now", state);

            receive(event(Entity.REGISTRATION, 17), record("{"));

            assertThat(offsets.acknowledged).as(state).isFalse();
            assertThat(offsets.pause).as(state).isPositive();
            assertThat(letters).as(state).isEmpty();
        }
    }

    @Test
    void an_error_that_nobody_foresaw_is_no_reason_to_give_up_on_events() {
        master.bug = new IllegalStateException("a bug");

        receive(event(Entity.REGISTRATION, 17));

        assertThat(offsets.acknowledged).isFalse();
        assertThat(offsets.pause).as("until it comes again").isPositive();
        assertThat(letters).isEmpty();
    }

    @Test
    void a_dead_letter_that_kafka_does_not_take_keeps_the_offset_where_it_is() {
        letterBox = letters -> {
            throw new FakeBrokerDown();
        };

        receive(record("{"), event(Entity.REGISTRATION, 1));

        assertThat(offsets.acknowledged).isFalse();
        assertThat(offsets.pause).as("until it comes again").isPositive();
        assertThat(meters.get("registration.sync.retries")
                        .tag("reason", "broker")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(events("unreadable")).isZero();
    }

    @Test
    void lag_is_recorded_for_rows_that_became_visible_and_for_no_others() {
        master.outcomes.put(row(Entity.REGISTRATION, 1), Outcome.INSERTED);
        master.outcomes.put(row(Entity.REGISTRATION, 2), Outcome.UPDATED);
        master.outcomes.put(row(Entity.REGISTRATION, 3), Outcome.UNCHANGED);

        receive(
                event(Entity.REGISTRATION, 1),
                event(Entity.REGISTRATION, 2),
                event(Entity.REGISTRATION, 3),
                record("{"));

        assertThat(meters.get("registration.sync.lag").timer().count()).isEqualTo(2);
        assertThat(marks).containsExactlyInAnyOrder(1L, 2L, 3L);
    }

    @Test
    void what_was_committed_before_an_outage_is_measured_and_marked_before_the_batch_comes_again() {
        master.failsAt.put(1, new SQLException("violates check constraint", "23514"));
        master.failsAt.put(3, new SQLException("the shard is gone", "08006"));

        receive(event(Entity.REGISTRATION, 1), event(Entity.REGISTRATION, 2));

        assertThat(offsets.acknowledged).isFalse();
        assertThat(meters.get("registration.sync.lag").timer().count()).isEqualTo(1);
        assertThat(events("inserted")).isEqualTo(1);
        assertThat(marks).containsExactly(1L);

        master.outcomes.put(row(Entity.REGISTRATION, 1), Outcome.UNCHANGED);
        receive(event(Entity.REGISTRATION, 1), event(Entity.REGISTRATION, 2));

        assertThat(offsets.acknowledged).isTrue();
        assertThat(meters.get("registration.sync.lag").timer().count()).isEqualTo(2);
    }

    private void receive(ConsumerRecord<byte[], byte[]>... records) {
        offsets.acknowledged = false;
        offsets.pause = Duration.ZERO;
        Shard shard = shard("5433");
        var listener = new RemapListener(
                "5433",
                new ShardCatalogue(List.of(shard, shard("5434"))),
                new BatchRemapper(master, 3, true),
                new BatchShares("5433", 1, 1),
                letters -> letterBox.accept(letters),
                ids -> {
                    for (long id : ids) {
                        marks.add(id);
                    }
                },
                new Outage("5433", TestSettings.REMAP, Clock.systemUTC()),
                new EventMeter(meters, "5433"),
                new LagMeter(meters, name -> 0, Tracer.NOOP, Propagator.NOOP));
        listener.onMessage(List.of(records), offsets);
    }

    private double events(String outcome) {
        return meters.get("registration.sync.events")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private static Shard shard(String name) {
        int university = Integer.parseInt(name);
        return new Shard(
                name,
                name,
                List.of(new UniversityRange(university, university)),
                new Database("jdbc:postgresql://localhost/x", "postgres", "", Map.of()),
                new Shard.Fdw("localhost", 5432, "x"));
    }

    private static ChangeEvent row(Entity entity, long id) {
        return new ChangeEvent("5433", entity, id);
    }

    private static ConsumerRecord<byte[], byte[]> event(Entity entity, long id) {
        return record(EventJson.write(row(entity, id)));
    }

    private static ConsumerRecord<byte[], byte[]> record(String value) {
        return record(value.getBytes(StandardCharsets.UTF_8));
    }

    private static ConsumerRecord<byte[], byte[]> record(byte @Nullable [] value) {
        var record = new ConsumerRecord<byte[], byte[]>("enrollment-5433", 0, 0, null, value);
        for (String stamp : List.of(Headers.COMMITTED, Headers.CLAIMED, Headers.SENT)) {
            record.headers().add(stamp, "1000".getBytes(StandardCharsets.US_ASCII));
        }
        return record;
    }

    private static final class FakeBrokerDown extends BrokerUnavailableException {
        FakeBrokerDown() {
            super("Kafka does not confirm", new java.util.concurrent.TimeoutException());
        }
    }

    private static final class FakeOffsets implements Acknowledgment {

        private boolean acknowledged;
        private Duration pause = Duration.ZERO;

        @Override
        public void acknowledge() {
            acknowledged = true;
        }

        @Override
        public void nack(int index, Duration sleep) {
            assertThat(index).isZero();
            pause = sleep;
        }
    }

    private static final class FakeMaster implements BatchRemapper.Transaction {

        private final List<List<ChangeEvent>> transactions = new ArrayList<>();
        private final Map<ChangeEvent, Outcome> outcomes = new HashMap<>();
        private final Map<Integer, SQLException> failsAt = new HashMap<>();
        private int calls;
        private @Nullable SQLException failure;
        private @Nullable RuntimeException bug;

        @Override
        public Remapped remap(List<ChangeEvent> rows) throws SQLException {
            calls++;
            SQLException failed = failsAt.getOrDefault(calls, failure);
            if (failed != null) {
                throw failed;
            }
            if (bug != null) {
                throw bug;
            }
            transactions.add(List.copyOf(rows));
            Map<ChangeEvent, Outcome> result = new HashMap<>();
            rows.forEach(row -> result.put(row, outcomes.getOrDefault(row, Outcome.INSERTED)));
            return new Remapped(result, 5_000, System.nanoTime(), System.nanoTime());
        }
    }
}
