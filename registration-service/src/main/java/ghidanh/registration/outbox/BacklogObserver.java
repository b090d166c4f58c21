package ghidanh.registration.outbox;

import ghidanh.database.Connections;
import ghidanh.shard.Shard;
import ghidanh.shard.ShardCatalogue;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * Measures every shard's outbox at a fixed pace.
 *
 * <p>Every instance does, whether it relays or not: a shard that nobody relays is the case to see. So take the maximum over
 * instances, never the sum. A thread per shard, since a frozen shard must not hide the others.
 */
class BacklogObserver implements SmartLifecycle {

    private final List<Backlog> backlogs;
    private final RelaySettings settings;
    private @Nullable ScheduledExecutorService threads;

    BacklogObserver(Connections connections, ShardCatalogue shards, RelaySettings settings, MeterRegistry registry) {
        this.settings = settings;
        this.backlogs = shards.all().stream()
                .map(shard -> observed(connections, shard, settings, registry))
                .toList();
    }

    private static Backlog observed(
            Connections connections, Shard shard, RelaySettings settings, MeterRegistry registry) {
        Backlog backlog = new Backlog(connections, shard, settings.observeInterval());
        Gauge.builder("registration.outbox.backlog", backlog, Backlog::rows)
                .description("Committed outbox rows not yet published; NaN while the shard cannot be asked")
                .tag("shard", shard.name())
                .baseUnit("rows")
                .register(registry);
        TimeGauge.builder("registration.outbox.oldest.age", backlog, TimeUnit.SECONDS, Backlog::oldestSeconds)
                .description("Time since the oldest outbox row was inserted, 0 if there is none; NaN while the shard"
                        + " cannot be asked")
                .tag("shard", shard.name())
                .register(registry);
        return backlog;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // measuring ends with the threads
    public synchronized void start() {
        ScheduledExecutorService started = Executors.newScheduledThreadPool(backlogs.size(), task -> {
            Thread thread = new Thread(task, "outbox-observer");
            thread.setDaemon(true);
            return thread;
        });
        long pause = settings.observeInterval().toNanos();
        backlogs.forEach(backlog -> started.scheduleWithFixedDelay(backlog::measure, 0, pause, TimeUnit.NANOSECONDS));
        threads = started;
    }

    @Override
    public synchronized void stop() {
        if (threads != null) {
            threads.shutdownNow();
            threads = null;
            backlogs.forEach(Backlog::close);
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return threads != null;
    }

    @Override
    public int getPhase() {
        return 0;
    }
}
