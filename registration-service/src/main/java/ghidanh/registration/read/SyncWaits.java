package ghidanh.registration.read;

import ghidanh.loop.LoopGroup;
import ghidanh.loop.Loops;
import ghidanh.registration.database.DatabaseUnavailableException;
import ghidanh.registration.database.MasterDatabase;
import ghidanh.registration.database.ShardDatabases;
import ghidanh.registration.read.Registration.MasterState;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Holds answers until the master has a registration. One thread waits for all: one look at the master after the other, each
 * for all who wait, and none while nobody does. Stops first of all, so that no held answer delays the end. Thread-safe.
 */
@Component
public final class SyncWaits extends LoopGroup {

    private final MasterDatabase master;
    private final WaitSettings settings;
    /** Guards itself. */
    private final Set<Wait> waits = new HashSet<>();

    SyncWaits(ShardDatabases databases, WaitSettings settings, Loops loops) {
        super(DEFAULT_PHASE);
        this.master = databases.master();
        this.settings = settings;
        add(loops.every(Duration.ZERO, settings.interval(), "sync-waits", null, this::look));
    }

    /** How long a client may wait that asks to wait for so long. */
    public Duration granted(Duration asked) {
        return asked.compareTo(settings.longest()) < 0 ? asked : settings.longest();
    }

    /**
     * Waits until the master has this state of a registration or a newer one.
     *
     * @param atMost how long to wait
     * @return completes when it has, when the time is over, or when the service stops: the caller looks which
     */
    public CompletableFuture<Void> until(Registration registration, Duration atMost) {
        var wait = new Wait(
                registration.id(),
                registration.version(),
                System.nanoTime() + atMost.toNanos(),
                new CompletableFuture<>());
        synchronized (waits) {
            if (!isRunning() || waits.size() >= settings.limit()) {
                return CompletableFuture.completedFuture(null);
            }
            waits.add(wait);
            waits.notifyAll();
        }
        return wait.over();
    }

    /** How many answers are held now. */
    int waiting() {
        synchronized (waits) {
            return waits.size();
        }
    }

    private void look() throws InterruptedException, ExecutionException {
        List<Wait> present = present();
        List<RegistrationId> ids = present.stream().map(Wait::id).distinct().toList();
        Map<RegistrationId, MasterState> states = Map.of();
        try {
            states = master.ask(client -> RegistrationDetails.states(client, ids))
                    .get();
        } catch (ExecutionException e) {
            // A master that cannot be asked has nothing new to say; the waits go on until their time is over.
            if (!(e.getCause() instanceof DatabaseUnavailableException)) {
                throw e;
            }
        } finally {
            end(present, states);
        }
    }

    /** Those who wait now; if nobody does, waits for somebody. */
    private List<Wait> present() throws InterruptedException {
        synchronized (waits) {
            while (waits.isEmpty()) {
                waits.wait();
            }
            return List.copyOf(waits);
        }
    }

    private void end(List<Wait> present, Map<RegistrationId, MasterState> states) {
        long now = System.nanoTime();
        List<Wait> over = present.stream()
                .filter(wait -> wait.deadline() - now <= 0 || wait.isSynced(states.get(wait.id())))
                .toList();
        synchronized (waits) {
            over.forEach(waits::remove);
        }
        over.forEach(wait -> wait.over().complete(null));
    }

    @Override
    public synchronized void stop() {
        super.stop();
        List<Wait> left;
        synchronized (waits) {
            left = List.copyOf(waits);
            waits.clear();
        }
        left.forEach(wait -> wait.over().complete(null));
    }

    private record Wait(RegistrationId id, long version, long deadline, CompletableFuture<Void> over) {
        boolean isSynced(@Nullable MasterState state) {
            return state != null && state.version() >= version;
        }
    }
}
