package ghidanh.registration.write;

import ghidanh.registration.database.RowsHeldException;
import ghidanh.registration.write.RegistrationOutcome.Registered;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A shard that registers everybody, under the student's number, once it is let; that fails on demand; and that cannot
 * digest student {@value #POISON}.
 */
final class FakeShard implements ShardCalls {

    static final int POISON = 666;

    private static final Instant TIME = Instant.parse("2026-01-05T08:00:00Z");

    final List<List<Integer>> batches = Collections.synchronizedList(new ArrayList<>());
    final List<Origin> origins = Collections.synchronizedList(new ArrayList<>());
    final List<String> reasons = Collections.synchronizedList(new ArrayList<>());
    /** Sections that somebody else holds. */
    final Set<Integer> held = ConcurrentHashMap.newKeySet();

    /** What becomes of every swap. */
    volatile SwapOutcome swaps = new SwapOutcome(WithdrawalOutcome.WITHDRAWN, 1, outcome(1));

    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

    /** Holds all calls until the returned future is completed. */
    CompletableFuture<Void> hold() {
        var opened = new CompletableFuture<Void>();
        gate = opened;
        return opened;
    }

    /** The next call fails with this; repeated, the one after it with the next. */
    void failWith(Throwable failure) {
        failures.add(failure);
    }

    static RegistrationOutcome outcome(int stno) {
        return new Registered(stno, TIME);
    }

    @Override
    public List<RegistrationOutcome> register(
            int[] stnos, int[] secNos, boolean @Nullable [] waits, List<Origin> theirs) {
        List<Integer> batch = Arrays.stream(stnos).boxed().toList();
        origins.addAll(theirs);
        called(batch);
        if (IntStream.of(secNos).anyMatch(held::contains)) {
            throw new RowsHeldException("test");
        }
        if (batch.contains(POISON)) {
            throw new IllegalStateException("poison");
        }
        return batch.stream().map(FakeShard::outcome).toList();
    }

    @Override
    public RegistrationOutcome override(int stno, int secNo, String reason, Origin origin) {
        reasons.add(reason);
        return register(new int[] {stno}, new int[] {secNo}, null, List.of(origin))
                .get(0);
    }

    @Override
    public List<WithdrawalOutcome> withdraw(long[] regIds, List<Origin> theirs) {
        origins.addAll(theirs);
        called(LongStream.of(regIds).mapToObj(id -> (int) -id).toList());
        return LongStream.of(regIds).mapToObj(id -> WithdrawalOutcome.WITHDRAWN).toList();
    }

    @Override
    public SwapOutcome swap(long regId, int secNo, Origin origin) {
        origins.add(origin);
        called(List.of((int) -regId, secNo));
        if (held.contains(secNo)) {
            throw new RowsHeldException("test");
        }
        return swaps;
    }

    @Override
    public Set<Integer> heldRegistrations(int[] stnos, int[] secNos) {
        return places(secNos.length, i -> held.contains(secNos[i]));
    }

    @Override
    public Set<Integer> heldWithdrawals(long[] regIds) {
        return Set.of();
    }

    @Override
    public boolean heldSwap(long regId, int secNo) {
        return held.contains(secNo);
    }

    private static Set<Integer> places(int count, IntPredicate which) {
        return IntStream.range(0, count).filter(which).boxed().collect(Collectors.toSet());
    }

    private void called(List<Integer> batch) {
        batches.add(batch);
        gate.join();
        Throwable failure = failures.poll();
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        if (failure instanceof Error error) {
            throw error;
        }
    }
}
