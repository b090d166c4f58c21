package ghidanh.registration.write;

import static java.util.Objects.requireNonNull;

import ghidanh.event.TraceParent;
import ghidanh.loop.Loop;
import ghidanh.metrics.LogFields;
import ghidanh.registration.database.DatabaseUnavailableException;
import ghidanh.registration.database.RowsHeldException;
import ghidanh.registration.write.WriterBusyException.Why;
import ghidanh.registration.write.WriterMetrics.Rejection;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.dao.ConcurrencyFailureException;

/**
 * Writes all registrations, withdrawals and swaps of one shard, on one thread: takes the requests that wait, makes one call for
 * them, and completes each with its own outcome. While a call runs, the next batch gathers, so batches grow with the load
 * and a lone request never waits for company.
 *
 * <p>A request's future completes on the writer's thread, so what hangs on it must not block. It fails with
 * {@link WriterBusyException} if nothing was done, and with {@link DatabaseUnavailableException} if the shard did not
 * answer; repeating the request is safe in either case. Thread-safe.
 */
final class ShardWriter implements Loop.Work {

    private static final Logger log = LoggerFactory.getLogger(ShardWriter.class);

    private sealed interface Request<O> permits Registering, Withdrawing, Swapping {
        CompletableFuture<O> done();

        Origin origin();

        /** For the log. */
        String words();
    }

    /**
     * @param waits whether to wait where there is no seat
     * @param overrideReason why no rule but the room counts; null where all do
     */
    private record Registering(
            int stno,
            int secNo,
            boolean waits,
            @Nullable String overrideReason,
            Origin origin,
            CompletableFuture<RegistrationOutcome> done)
            implements Request<RegistrationOutcome> {
        @Override
        public String words() {
            return "student " + stno + " for section " + secNo;
        }
    }

    private record Withdrawing(long regId, Origin origin, CompletableFuture<WithdrawalOutcome> done)
            implements Request<WithdrawalOutcome> {
        @Override
        public String words() {
            return "withdrawal of registration " + regId;
        }
    }

    private record Swapping(long regId, int secNo, Origin origin, CompletableFuture<SwapOutcome> done)
            implements Request<SwapOutcome> {
        @Override
        public String words() {
            return "swap of registration " + regId + " for section " + secNo;
        }
    }

    private final String shard;
    private final ShardCalls calls;
    private final WriterSettings settings;
    private final Doorbell doorbell;
    private final WriterMetrics metrics;
    private final BatchQueue<Request<?>> queue = new BatchQueue<>();
    /** Of the sections asked for, those that others held the last time: nobody waits for them again. The writer's thread only. */
    private final Set<Integer> heldSections = new HashSet<>();

    ShardWriter(String shard, ShardCalls calls, WriterSettings settings, Doorbell doorbell, MeterRegistry meters) {
        this.shard = shard;
        this.calls = calls;
        this.settings = settings;
        this.doorbell = doorbell;
        this.metrics = new WriterMetrics(shard, queue::size, meters);
    }

    CompletableFuture<RegistrationOutcome> register(int stno, int secNo, Origin origin) {
        return submit(new Registering(stno, secNo, false, null, origin, new CompletableFuture<>()));
    }

    CompletableFuture<RegistrationOutcome> registerOrWait(int stno, int secNo, Origin origin) {
        return submit(new Registering(stno, secNo, true, null, origin, new CompletableFuture<>()));
    }

    CompletableFuture<RegistrationOutcome> override(int stno, int secNo, String reason, Origin origin) {
        return submit(new Registering(stno, secNo, false, reason, origin, new CompletableFuture<>()));
    }

    CompletableFuture<WithdrawalOutcome> withdraw(long regId, Origin origin) {
        return submit(new Withdrawing(regId, origin, new CompletableFuture<>()));
    }

    CompletableFuture<SwapOutcome> swap(long regId, int secNo, Origin origin) {
        return submit(new Swapping(regId, secNo, origin, new CompletableFuture<>()));
    }

    private <O> CompletableFuture<O> submit(Request<O> request) {
        if (!queue.offer(request)) {
            fail(request, new WriterBusyException(shard, Why.STOPPING), Rejection.STOPPING);
        }
        return request.done();
    }

    @Override
    public void run() {
        for (var batch = take(1); !batch.isEmpty(); batch = take(batch.size())) {
            try {
                write(batch);
            } catch (Error e) {
                // Out of memory, perhaps. Those who wait behind are the next run's.
                failAll(batch, new IllegalStateException(e), Rejection.ERROR);
                throw e;
            }
        }
    }

    /** Refuses new requests from now on, and ends when all taken before are finished. */
    @Override
    public void end(Runnable interrupt) {
        queue.close();
    }

    /** Refuses what is left at the end of a run that was cut off. */
    void refuseRest() {
        var left = queue.drain();
        if (!left.isEmpty()) {
            log.warn("shard {} does not answer: {} requests are refused at the end", shard, left.size());
            failAll(left, new WriterBusyException(shard, Why.STOPPING), Rejection.STOPPING);
        }
    }

    /**
     * Takes the next batch. After a lone request nobody waits; after a fuller batch more are on their way, and a call costs
     * as much for two as for twenty.
     */
    private List<Request<?>> take(int lastSize) {
        int company = lastSize == 1 ? 1 : Math.min(2 * lastSize, settings.batchLimit());
        return queue.take(settings.batchLimit(), company, settings.linger());
    }

    private void write(List<Request<?>> batch) {
        List<Registering> registering = new ArrayList<>(batch.size());
        List<Withdrawing> withdrawing = new ArrayList<>();
        List<Swapping> swapping = new ArrayList<>();
        List<Registering> overriding = new ArrayList<>();
        for (Request<?> request : batch) {
            if (request instanceof Registering r) {
                (r.overrideReason() == null ? registering : overriding).add(r);
            } else if (request instanceof Withdrawing w) {
                withdrawing.add(w);
            } else if (request instanceof Swapping s) {
                swapping.add(s);
            }
        }
        // First, so that the seats they free can be had at once.
        write(withdrawing, this::callWithdraw, this::heldWithdrawing, metrics::count);
        // Each in a transaction of its own: a swap takes all or nothing, and an override has its reason.
        swapping.forEach(one -> write(alone(one), this::callSwap, this::heldSwapping, metrics::count));
        overriding.forEach(one -> write(alone(one), this::callOverride, this::heldRegistering, metrics::count));
        write(registering, this::callRegister, this::heldRegistering, metrics::count);
    }

    /** @param held places of those that others hold up */
    private <O, R extends Request<O>> void write(
            List<R> batch, Function<List<R>, List<O>> call, Function<List<R>, Set<Integer>> held, Consumer<O> count) {
        if (batch.isEmpty()) {
            return;
        }
        try {
            List<O> outcomes = withRetries(batch, call, held);
            if (batch.isEmpty()) {
                return;
            }
            metrics.batch(batch.size());
            doorbell.ring(shard);
            for (int i = 0; i < batch.size(); i++) {
                count.accept(outcomes.get(i));
                batch.get(i).done().complete(outcomes.get(i));
            }
        } catch (DatabaseUnavailableException e) {
            failAll(batch, e, Rejection.SHARD_DOWN);
            // They would only wait for the same answer.
            failAll(queue.drain(), e.beforeSending(), Rejection.SHARD_DOWN);
        } catch (RowsHeldException e) {
            failAll(batch, new WriterBusyException(shard, Why.OTHERS_HOLD), Rejection.HELD);
        } catch (ConcurrencyFailureException e) {
            log.warn("shard {} rolled a batch back {} times", shard, settings.attempts(), e);
            failAll(batch, new WriterBusyException(shard, Why.OTHERS_CHANGE), Rejection.ERROR);
        } catch (RuntimeException e) {
            isolate(batch, call, held, count, e);
        }
    }

    /** Refuses those of the batch that others hold up, and removes them from it. */
    private <O, R extends Request<O>> List<O> withRetries(
            List<R> batch, Function<List<R>, List<O>> call, Function<List<R>, Set<Integer>> held) {
        for (int attempt = 1; ; attempt++) {
            try {
                return batch.isEmpty() ? List.of() : call.apply(batch);
            } catch (RowsHeldException e) {
                Set<Integer> places = held.apply(batch);
                List<R> heldUp = places.stream().map(batch::get).toList();
                failAll(heldUp, new WriterBusyException(shard, Why.OTHERS_HOLD), Rejection.HELD);
                batch.removeAll(heldUp);
                if (attempt == settings.attempts()) {
                    throw e;
                }
            } catch (ConcurrencyFailureException e) {
                if (attempt == settings.attempts()) {
                    throw e;
                }
            }
        }
    }

    /** One request that the database cannot digest must not take the others with it. */
    private <O, R extends Request<O>> void isolate(
            List<R> batch,
            Function<List<R>, List<O>> call,
            Function<List<R>, Set<Integer>> held,
            Consumer<O> count,
            RuntimeException failure) {
        if (batch.size() == 1) {
            R request = batch.get(0);
            TraceParent trace = request.origin().trace();
            try (var traced = MDC.putCloseable(LogFields.TRACE_ID, trace == null ? null : trace.traceId())) {
                log.error("shard {} failed on a request", shard, failure);
                log.debug("shard {} failed on {}", shard, request.words());
            }
            failAll(batch, failure, Rejection.ERROR);
            return;
        }
        int middle = batch.size() / 2;
        write(new ArrayList<>(batch.subList(0, middle)), call, held, count);
        write(new ArrayList<>(batch.subList(middle, batch.size())), call, held, count);
    }

    private List<RegistrationOutcome> callRegister(List<Registering> batch) {
        batch.forEach(request -> refuseHeld(request.secNo()));
        return calls.register(stnos(batch), secNos(batch), waits(batch), origins(batch));
    }

    private List<RegistrationOutcome> callOverride(List<Registering> one) {
        Registering wish = one.get(0);
        refuseHeld(wish.secNo());
        String reason = requireNonNull(wish.overrideReason());
        return List.of(calls.override(wish.stno(), wish.secNo(), reason, wish.origin()));
    }

    private Set<Integer> heldRegistering(List<Registering> batch) {
        Set<Integer> places = calls.heldRegistrations(stnos(batch), secNos(batch));
        batch.forEach(request -> heldSections.remove(request.secNo()));
        places.forEach(place -> heldSections.add(batch.get(place).secNo()));
        return places;
    }

    private void refuseHeld(int secNo) {
        if (heldSections.contains(secNo)) {
            throw new RowsHeldException("a section is held by others since the last time it was asked for");
        }
    }

    private static int[] stnos(List<Registering> batch) {
        return batch.stream().mapToInt(Registering::stno).toArray();
    }

    private static int[] secNos(List<Registering> batch) {
        return batch.stream().mapToInt(Registering::secNo).toArray();
    }

    private static boolean @Nullable [] waits(List<Registering> batch) {
        if (batch.stream().noneMatch(Registering::waits)) {
            return null;
        }
        boolean[] waits = new boolean[batch.size()];
        for (int i = 0; i < waits.length; i++) {
            waits[i] = batch.get(i).waits();
        }
        return waits;
    }

    private List<WithdrawalOutcome> callWithdraw(List<Withdrawing> batch) {
        return calls.withdraw(regIds(batch), origins(batch));
    }

    private Set<Integer> heldWithdrawing(List<Withdrawing> batch) {
        return calls.heldWithdrawals(regIds(batch));
    }

    private static long[] regIds(List<Withdrawing> batch) {
        return batch.stream().mapToLong(Withdrawing::regId).toArray();
    }

    private static <R> List<R> alone(R request) {
        return new ArrayList<>(List.of(request));
    }

    private List<SwapOutcome> callSwap(List<Swapping> one) {
        Swapping swap = one.get(0);
        refuseHeld(swap.secNo());
        return List.of(calls.swap(swap.regId(), swap.secNo(), swap.origin()));
    }

    private Set<Integer> heldSwapping(List<Swapping> one) {
        Swapping swap = one.get(0);
        boolean held = calls.heldSwap(swap.regId(), swap.secNo());
        if (held) {
            heldSections.add(swap.secNo());
        } else {
            heldSections.remove(swap.secNo());
        }
        return held ? Set.of(0) : Set.of();
    }

    private static List<Origin> origins(List<? extends Request<?>> batch) {
        return batch.stream().<Origin>map(Request::origin).toList();
    }

    private void failAll(List<? extends Request<?>> requests, RuntimeException failure, Rejection reason) {
        requests.forEach(request -> fail(request, failure, reason));
    }

    private void fail(Request<?> request, RuntimeException failure, Rejection reason) {
        metrics.rejected(reason);
        request.done().completeExceptionally(failure);
    }
}
