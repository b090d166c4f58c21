package ghidanh.registration.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import ghidanh.event.TraceParent;
import ghidanh.loop.Loop;
import ghidanh.loop.Loops;
import ghidanh.registration.database.DatabaseUnavailableException;
import ghidanh.registration.database.Unavailable;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.health.contributor.Status;
import org.springframework.dao.CannotAcquireLockException;

@Timeout(30)
class ShardWriterTest {

    private static final int BATCH_LIMIT = 4;
    private static final int ATTEMPTS = 3;

    private static final Origin ORIGIN = new Origin(null, "registrar:an");

    private final FakeShard shard = new FakeShard();
    private final Doorbell doorbell = new Doorbell();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ShardWriter writer =
            new ShardWriter("5433", shard, new WriterSettings(BATCH_LIMIT, Duration.ZERO, ATTEMPTS), doorbell, meters);
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-05T08:00:00Z"));
    private final Loops loops = new Loops(now::get);
    private final Loop loop = loops.lasting("write", "5433", writer);

    @BeforeEach
    void start() {
        loop.start();
    }

    @AfterEach
    void stop() {
        stop(Duration.ofSeconds(10));
    }

    private void stop(Duration patience) {
        loop.stop(patience);
        writer.refuseRest();
    }

    @Test
    void a_lone_request_is_a_batch_of_one_at_once() throws Exception {
        assertThat(outcome(writer.register(7, 1, ORIGIN))).isEqualTo(FakeShard.outcome(7));
        assertThat(shard.batches).containsExactly(List.of(7));
        assertThat(doorbell.await("5433", Duration.ZERO)).isTrue();
    }

    @Test
    void requests_that_come_during_a_call_share_the_next_one_up_to_the_limit() {
        var gate = shard.hold();
        List<CompletableFuture<RegistrationOutcome>> answers = new ArrayList<>();
        answers.add(writer.register(1, 1, ORIGIN));
        await().until(() -> shard.batches.size() == 1);
        IntStream.rangeClosed(2, 7).forEach(stno -> answers.add(writer.register(stno, 1, ORIGIN)));
        gate.complete(null);

        for (int i = 0; i < answers.size(); i++) {
            assertThat(outcome(answers.get(i))).isEqualTo(FakeShard.outcome(i + 1));
        }
        assertThat(shard.batches).containsExactly(List.of(1), List.of(2, 3, 4, 5), List.of(6, 7));
        assertThat(meters.get("registration.writer.batch").summary().max()).isEqualTo(4);
        assertThat(accepted("register")).isEqualTo(7);
    }

    @Test
    void withdrawals_go_before_the_registrations_that_wait_with_them() {
        var gate = busy();
        var registered = writer.register(2, 1, ORIGIN);
        var withdrawn = writer.withdraw(9, ORIGIN);
        gate.complete(null);

        assertThat(outcome(withdrawn)).isEqualTo(WithdrawalOutcome.WITHDRAWN);
        assertThat(outcome(registered)).isEqualTo(FakeShard.outcome(2));
        assertThat(shard.batches).containsExactly(List.of(1), List.of(-9), List.of(2));
        assertThat(accepted("withdraw")).isEqualTo(1);
    }

    @Test
    void swaps_go_one_by_one_between_withdrawals_and_registrations_and_count_as_both() {
        var gate = busy();
        var registered = writer.register(2, 1, ORIGIN);
        var first = writer.swap(7, 5, ORIGIN);
        var second = writer.swap(8, 6, ORIGIN);
        var withdrawn = writer.withdraw(9, ORIGIN);
        gate.complete(null);

        assertThat(outcome(first).registration()).isEqualTo(FakeShard.outcome(1));
        assertThat(outcome(second).registration()).isEqualTo(FakeShard.outcome(1));
        assertThat(outcome(withdrawn)).isEqualTo(WithdrawalOutcome.WITHDRAWN);
        assertThat(outcome(registered)).isEqualTo(FakeShard.outcome(2));
        assertThat(shard.batches).containsExactly(List.of(1), List.of(-9), List.of(-7, 5), List.of(-8, 6), List.of(2));
        assertThat(accepted("withdraw")).isEqualTo(3);
        assertThat(accepted("register")).isEqualTo(4);
    }

    @Test
    void an_override_is_written_alone_with_its_reason_and_held_rows_refuse_it_like_any_wish() {
        var gate = busy();
        var first = writer.override(2, 1, "one", ORIGIN);
        var registered = writer.register(3, 1, ORIGIN);
        var second = writer.override(4, 1, "two", ORIGIN);
        gate.complete(null);

        assertThat(outcome(first)).isEqualTo(FakeShard.outcome(2));
        assertThat(outcome(second)).isEqualTo(FakeShard.outcome(4));
        assertThat(outcome(registered)).isEqualTo(FakeShard.outcome(3));
        assertThat(shard.batches).containsExactly(List.of(1), List.of(2), List.of(4), List.of(3));
        assertThat(shard.reasons).containsExactly("one", "two");
        shard.held.add(5);
        assertThat(failure(writer.override(4, 5, "three", ORIGIN))).isInstanceOf(WriterBusyException.class);
    }

    @Test
    void a_refused_swap_counts_as_its_refusal_alone() {
        shard.swaps = new SwapOutcome(
                WithdrawalOutcome.WITHDRAWN, 1, new RegistrationOutcome.Refused(Refusal.SECTION_FULL, null));
        assertThat(outcome(writer.swap(7, 5, ORIGIN))).isEqualTo(shard.swaps);
        shard.swaps = new SwapOutcome(new WithdrawalOutcome(WithdrawalOutcome.Kind.GRADED, null), 1, null);
        assertThat(outcome(writer.swap(7, 5, ORIGIN))).isEqualTo(shard.swaps);

        assertThat(accepted("withdraw")).isZero();
        assertThat(accepted("register")).isZero();
        assertThat(rejected("full")).isEqualTo(1);
        assertThat(rejected("graded")).isEqualTo(1);
    }

    @Test
    void nobody_waits_again_for_a_held_section_that_a_swap_has_met() {
        shard.held.add(5);
        assertThat(failure(writer.swap(7, 5, ORIGIN))).isInstanceOf(WriterBusyException.class);
        assertThat(failure(writer.swap(7, 5, ORIGIN))).isInstanceOf(WriterBusyException.class);
        assertThat(failure(writer.register(2, 5, ORIGIN))).isInstanceOf(WriterBusyException.class);
        shard.held.clear();
        assertThat(outcome(writer.swap(7, 5, ORIGIN)).registration()).isEqualTo(FakeShard.outcome(1));

        assertThat(shard.batches).containsExactly(List.of(-7, 5), List.of(-7, 5));
        assertThat(rejected("held")).isEqualTo(3);
    }

    @Test
    void each_request_of_a_batch_keeps_its_own_origin() {
        var trace = new TraceParent("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", true);
        var first = new Origin(trace, "student:5433-2");
        var second = new Origin(null, "registrar:lan");
        var gate = busy();
        var registered =
                List.of(writer.register(2, 1, first), writer.register(3, 1, ORIGIN), writer.register(4, 1, second));
        var withdrawn = writer.withdraw(9, second);
        gate.complete(null);

        assertThat(outcome(withdrawn)).isEqualTo(WithdrawalOutcome.WITHDRAWN);
        assertThat(registered.stream().map(ShardWriterTest::outcome))
                .containsExactly(FakeShard.outcome(2), FakeShard.outcome(3), FakeShard.outcome(4));
        assertThat(shard.batches).containsExactly(List.of(1), List.of(-9), List.of(2, 3, 4));
        assertThat(shard.origins).containsExactly(ORIGIN, second, first, ORIGIN, second);
    }

    @Test
    void a_meter_shows_how_many_wait() {
        var gate = busy();
        var waiting = List.of(writer.register(2, 1, ORIGIN), writer.register(3, 1, ORIGIN));
        assertThat(meters.get("registration.writer.queue").gauge().value()).isEqualTo(2);

        gate.complete(null);
        assertThat(waiting.stream().map(ShardWriterTest::outcome))
                .containsExactly(FakeShard.outcome(2), FakeShard.outcome(3));
    }

    @Test
    void a_batch_that_lost_against_another_transaction_is_tried_again() throws Exception {
        shard.failWith(new CannotAcquireLockException("deadlock"));
        shard.failWith(new CannotAcquireLockException("deadlock"));

        assertThat(outcome(writer.register(7, 1, ORIGIN))).isEqualTo(FakeShard.outcome(7));
        assertThat(shard.batches).containsExactly(List.of(7), List.of(7), List.of(7));
        assertThat(doorbell.await("5433", Duration.ZERO)).isTrue();
    }

    @Test
    void a_batch_that_always_loses_is_refused_in_the_end() {
        IntStream.range(0, ATTEMPTS).forEach(i -> shard.failWith(new CannotAcquireLockException("deadlock")));

        assertThat(failure(writer.register(7, 1, ORIGIN))).isInstanceOf(WriterBusyException.class);
        assertThat(outcome(writer.register(7, 1, ORIGIN))).isEqualTo(FakeShard.outcome(7));
    }

    @Test
    void those_for_a_held_section_are_refused_and_the_others_written_and_nobody_waits_for_it_again() {
        shard.held.add(2);
        var gate = busy();
        var other = writer.register(3, 1, ORIGIN);
        var held = writer.register(4, 2, ORIGIN);
        gate.complete(null);

        assertThat(outcome(other)).isEqualTo(FakeShard.outcome(3));
        assertThat(failure(held)).isInstanceOf(WriterBusyException.class);
        assertThat(rejected("held")).isEqualTo(1);
        assertThat(failure(writer.register(4, 2, ORIGIN))).isInstanceOf(WriterBusyException.class);
        shard.held.clear();
        assertThat(outcome(writer.register(4, 2, ORIGIN))).isEqualTo(FakeShard.outcome(4));
        assertThat(shard.batches).containsExactly(List.of(1), List.of(3, 4), List.of(3), List.of(4));
    }

    @Test
    void a_lost_connection_fails_the_batch_and_all_who_wait_behind_it_but_were_never_sent() {
        var gate = shard.hold();
        shard.failWith(Unavailable.inCommit("5433"));
        var sent = writer.register(1, 1, ORIGIN);
        await().until(() -> shard.batches.size() == 1);
        List<CompletableFuture<RegistrationOutcome>> waiting = IntStream.rangeClosed(2, 9)
                .mapToObj(stno -> writer.register(stno, 1, ORIGIN))
                .toList();
        gate.complete(null);

        assertThat(mayHaveCommitted(sent)).isTrue();
        assertThat(waiting).noneMatch(ShardWriterTest::mayHaveCommitted);
        assertThat(shard.batches).containsExactly(List.of(1));
        assertThat(rejected("shard_down")).isEqualTo(9);
        assertThat(outcome(writer.register(1, 1, ORIGIN))).isEqualTo(FakeShard.outcome(1));
    }

    @Test
    void a_request_that_the_shard_cannot_digest_fails_alone() {
        var gate = busy();
        var before = writer.register(2, 1, ORIGIN);
        var poison = writer.register(FakeShard.POISON, 1, ORIGIN);
        var after = writer.register(4, 1, ORIGIN);
        gate.complete(null);

        assertThat(outcome(before)).isEqualTo(FakeShard.outcome(2));
        assertThat(failure(poison)).hasMessage("poison");
        assertThat(outcome(after)).isEqualTo(FakeShard.outcome(4));
        assertThat(rejected("error")).isEqualTo(1);
    }

    @Test
    void an_error_does_not_end_the_writer() {
        shard.failWith(new OutOfMemoryError("test"));

        assertThat(failure(writer.register(7, 1, ORIGIN))).hasRootCauseMessage("test");
        await().until(() -> loops.health().getStatus().equals(Status.DOWN));
        assertThat(loops.health().getDetails().toString()).contains("write-5433", "java.lang.OutOfMemoryError: test");

        assertThat(outcome(writer.register(7, 1, ORIGIN))).isEqualTo(FakeShard.outcome(7));
        now.updateAndGet(then -> then.plusSeconds(11));
        assertThat(loops.health().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void stopping_finishes_what_was_accepted_and_refuses_the_rest() {
        var gate = shard.hold();
        List<CompletableFuture<RegistrationOutcome>> accepted = IntStream.range(0, 6)
                .mapToObj(i -> writer.register(i, 1, ORIGIN))
                .toList();
        writer.end(Thread.currentThread()::interrupt);
        var late = writer.register(99, 1, ORIGIN);
        gate.complete(null);
        stop(Duration.ofSeconds(10));

        accepted.forEach(answer -> assertThat(answer).isCompleted());
        assertThat(failure(late)).isInstanceOf(WriterBusyException.class).hasMessageContaining("stopping");
        assertThat(rejected("stopping")).isEqualTo(1);
    }

    @Test
    void a_shard_that_hangs_at_the_end_does_not_hold_those_who_wait_behind() {
        var gate = busy();
        var waiting = writer.register(2, 1, ORIGIN);
        stop(Duration.ofMillis(1));

        assertThat(failure(waiting)).isInstanceOf(WriterBusyException.class);
        gate.complete(null);
    }

    /** Makes the shard take its time over student 1; what comes until the gate is opened waits. */
    private CompletableFuture<Void> busy() {
        var gate = shard.hold();
        assertThat(writer.register(1, 1, ORIGIN)).isNotDone();
        await().until(() -> shard.batches.size() == 1);
        return gate;
    }

    private double accepted(String operation) {
        return meters.get("registration.accepted")
                .tag("operation", operation)
                .counter()
                .count();
    }

    private double rejected(String reason) {
        return meters.get("registration.rejected")
                .tag("reason", reason)
                .counter()
                .count();
    }

    private static <T> T outcome(CompletableFuture<T> answer) {
        return answer.orTimeout(10, TimeUnit.SECONDS).join();
    }

    private static boolean mayHaveCommitted(CompletableFuture<?> answer) {
        Throwable failure = failure(answer);
        assertThat(failure).isInstanceOf(DatabaseUnavailableException.class);
        return ((DatabaseUnavailableException) failure).mayHaveCommitted();
    }

    private static Throwable failure(CompletableFuture<?> answer) {
        Throwable thrown = catchThrowable(() -> answer.get(10, TimeUnit.SECONDS));
        assertThat(thrown).isInstanceOf(ExecutionException.class);
        return Objects.requireNonNull(thrown.getCause());
    }
}
