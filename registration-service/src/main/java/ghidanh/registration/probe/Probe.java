package ghidanh.registration.probe;

import ghidanh.registration.probe.ProbeSettings.Seat;
import ghidanh.registration.read.RegistrationId;
import ghidanh.registration.read.Registrations;
import ghidanh.registration.write.Origin;
import ghidanh.registration.write.Registrar;
import ghidanh.registration.write.RegistrationOutcome;
import ghidanh.registration.write.WithdrawalOutcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trial registrations on one shard. Registers, waits until the master shows it, and withdraws: the same row each time, so
 * nothing piles up. Withdraws only what it registered itself, whatever the settings name. Not thread-safe.
 *
 * <p>{@code registration.sync.probe} (timer, s, shard): from the commit on the shard until a look at the master found it,
 * by this process' monotonic clock; too long by one look. Beside the mean of {@code registration.sync.lag} for long: a
 * clock is wrong.<br>
 * {@code registration.sync.probe.lost} (counter, shard): trials that the master did not show in time.
 */
class Probe {

    private static final Logger log = LoggerFactory.getLogger(Probe.class);

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(5);

    // Each look at the master comes after this share of the time so far, so a slow trial does not ask all the time.
    private static final int LOOK_SHARE = 20;

    private static final Origin ORIGIN = new Origin(null, "service:trial");

    private final String shard;
    private final Seat seat;
    private final Duration patience;
    private final Registrar registrar;
    private final Registrations registrations;
    private final Timer seen;
    private final Counter lost;

    private record Trial(RegistrationOutcome outcome, long nanos) {}

    Probe(
            String shard,
            Seat seat,
            Duration patience,
            Registrar registrar,
            Registrations registrations,
            MeterRegistry meters) {
        this.shard = shard;
        this.seat = seat;
        this.patience = patience;
        this.registrar = registrar;
        this.registrations = registrations;
        this.seen = Timer.builder("registration.sync.probe")
                .description("A trial registration, from the shard's commit until the master shows it")
                .tag("shard", shard)
                .register(meters);
        this.lost = Counter.builder("registration.sync.probe.lost")
                .description("Trial registrations that the master did not show in time")
                .tag("shard", shard)
                .register(meters);
    }

    /** Makes one trial. Does nothing but tell the log where the shard does not register it. */
    void once() throws InterruptedException {
        var asked = registrar
                .register(shard, seat.stno(), seat.secNo(), ORIGIN)
                .thenApply(outcome -> new Trial(outcome, System.nanoTime()));
        try {
            Trial trial = asked.get();
            Optional<RegistrationId> registered = registered(trial.outcome());
            if (registered.isPresent()) {
                measure(registered.get(), trial.nanos());
            }
        } catch (ExecutionException e) {
            // The shard is away or busy, which its own meters tell.
            log.debug("No trial on shard {}", shard, e.getCause());
        } catch (InterruptedException e) {
            // The seat may be ours all the same, and nobody else would give it back. The writer stops later.
            asked.handle((trial, failure) ->
                            trial == null ? Optional.<RegistrationId>empty() : registered(trial.outcome()))
                    .join()
                    .ifPresent(this::withdraw);
            throw e;
        }
    }

    private Optional<RegistrationId> registered(RegistrationOutcome outcome) {
        return outcome.fold(
                registered -> Optional.of(new RegistrationId(shard, registered.regId())),
                already -> {
                    log.info(
                            "No trial on shard {}: registration {} is there. If no other instance is at it,"
                                    + " an earlier trial was cut off: withdraw it",
                            shard,
                            new RegistrationId(shard, already.regId()));
                    return Optional.empty();
                },
                waiting -> Optional.empty(), // never asked for
                refused -> {
                    log.warn("No trial on shard {} with {}: {}", shard, seat, refused.reason());
                    return Optional.empty();
                });
    }

    private void measure(RegistrationId id, long registered) throws InterruptedException {
        try {
            long waited = System.nanoTime() - registered;
            while (!isOnMaster(id)) {
                if (waited > patience.toNanos()) {
                    lost.increment();
                    log.warn("The master does not show trial registration {} after {}", id, patience);
                    return;
                }
                TimeUnit.NANOSECONDS.sleep(Math.max(SHORTEST_PAUSE.toNanos(), waited / LOOK_SHARE));
                waited = System.nanoTime() - registered;
            }
            seen.record(System.nanoTime() - registered, TimeUnit.NANOSECONDS);
        } finally {
            withdraw(id);
        }
    }

    private boolean isOnMaster(RegistrationId id) throws InterruptedException {
        try {
            return registrations
                    .find(id)
                    .get()
                    .map(found ->
                            found.masterAvailable() && found.registration().synced())
                    .orElse(false);
        } catch (ExecutionException e) {
            log.debug("Neither shard {} nor the master can be asked for a trial", shard, e.getCause());
            return false;
        }
    }

    /** Also when interrupted: the writer stops later. */
    private void withdraw(RegistrationId id) {
        try {
            WithdrawalOutcome outcome = registrar.withdraw(id, ORIGIN).join();
            if (!outcome.equals(WithdrawalOutcome.WITHDRAWN)) {
                log.warn("Trial registration {} was not withdrawn: {}", id, outcome);
            }
        } catch (CompletionException e) {
            log.warn("Trial registration {} could not be withdrawn; withdraw it to have trials again", id, e);
        }
    }
}
