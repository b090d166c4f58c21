package ghidanh.registration.read;

import ghidanh.registration.database.MasterDatabase;
import ghidanh.registration.database.ShardDatabases;
import ghidanh.registration.read.Registration.MasterState;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Holds answers until the master has a registration. No thread waits: one look at the master after the other, each for all
 * who wait, and none while nobody does. Thread-safe.
 */
@Component
public final class SyncWaits implements SmartLifecycle {

    private final MasterDatabase master;
    private final WaitSettings settings;
    /** Guards itself, and with itself {@code running} and the decision to look again. */
    private final Set<Wait> waits = new HashSet<>();

    private final ScheduledExecutorService clock;
    private volatile boolean running;

    SyncWaits(ShardDatabases databases, WaitSettings settings) {
        this.master = databases.master();
        this.settings = settings;
        this.clock = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "wait for the master");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Waits until the master has this state of a registration or a newer one.
     *
     * @param atMost how long to wait; cut to what the settings grant
     * @return completes when it has, when the time is over, or when the service stops: the caller looks which
     */
    public CompletableFuture<Void> until(Registration registration, Duration atMost) {
        Duration granted = atMost.compareTo(settings.longest()) < 0 ? atMost : settings.longest();
        var wait = new Wait(
                registration.id(),
                registration.version(),
                System.nanoTime() + granted.toNanos(),
                new CompletableFuture<>());
        synchronized (waits) {
            if (!running || waits.size() >= settings.limit()) {
                return CompletableFuture.completedFuture(null);
            }
            waits.add(wait);
            if (waits.size() == 1) {
                clock.execute(this::look);
            }
        }
        return wait.over();
    }

    /** How many answers are held now. */
    int waiting() {
        synchronized (waits) {
            return waits.size();
        }
    }

    private void look() {
        List<Wait> present = present();
        List<RegistrationId> ids = present.stream().map(Wait::id).distinct().toList();
        master.ask(client -> RegistrationDetails.states(client, ids))
                // A master that cannot be asked has nothing new to say; the waits go on until their time is over.
                .exceptionally(failure -> Map.of())
                .thenAccept(states -> end(present, states));
    }

    private void end(List<Wait> present, Map<RegistrationId, MasterState> states) {
        long now = System.nanoTime();
        List<Wait> over = present.stream()
                .filter(wait -> wait.deadline() - now <= 0 || wait.isSynced(states.get(wait.id())))
                .toList();
        synchronized (waits) {
            over.forEach(waits::remove);
            if (running && !waits.isEmpty()) {
                clock.schedule(this::look, settings.interval().toMillis(), TimeUnit.MILLISECONDS);
            }
        }
        over.forEach(wait -> wait.over().complete(null));
    }

    private List<Wait> present() {
        synchronized (waits) {
            return List.copyOf(waits);
        }
    }

    @Override
    public void start() {
        running = true;
    }

    /** Stops first of all, so that no held answer delays the end. */
    @Override
    public void stop() {
        List<Wait> left;
        synchronized (waits) {
            running = false;
            left = List.copyOf(waits);
            waits.clear();
        }
        clock.shutdownNow();
        left.forEach(wait -> wait.over().complete(null));
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }

    private record Wait(RegistrationId id, long version, long deadline, CompletableFuture<Void> over) {
        boolean isSynced(@Nullable MasterState state) {
            return state != null && state.version() >= version;
        }
    }
}
