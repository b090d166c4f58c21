package ghidanh.sync.sweep;

import ghidanh.metrics.LogFields;
import ghidanh.sync.kafka.BrokerOffsets;
import ghidanh.sync.master.ShardAttached;
import ghidanh.sync.remap.Remapper;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.stereotype.Component;

/** Runs a sweeper for each attached shard, on a thread of its own: a frozen shard holds only its own. */
@Component
class Sweepers implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Sweepers.class);

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LAST_STEP = Duration.ofSeconds(2);

    private final UnmarkedRows unmarked;
    private final Remapper remapper;
    private final SweepSettings settings;
    private final MeterRegistry meters;
    private final Clock clock = Clock.systemUTC();
    private final BrokerOffsets offsets;
    private final EventProgress progress;
    private final Map<String, Thread> threads = new ConcurrentHashMap<>();
    private volatile boolean running;

    Sweepers(
            KafkaAdmin configured,
            UnmarkedRows unmarked,
            Remapper remapper,
            SweepSettings settings,
            MeterRegistry meters) {
        this.unmarked = unmarked;
        this.remapper = remapper;
        this.settings = settings;
        this.meters = meters;
        this.offsets = new BrokerOffsets(configured, PATIENCE);
        this.progress = new EventProgress(offsets, clock);
    }

    @EventListener
    void on(ShardAttached attached) {
        threads.computeIfAbsent(attached.shard(), shard -> {
            var sweeper = new Sweeper(shard, unmarked, progress, remapper, settings, clock, meters);
            Thread thread = new Thread(() -> run(shard, sweeper), "sweeper-" + shard);
            thread.setDaemon(true);
            thread.start();
            return thread;
        });
    }

    private void run(String shard, Sweeper sweeper) {
        MDC.put(LogFields.SHARD, shard);
        try {
            while (running) {
                Thread.sleep(settings.interval().toMillis());
                sweeper.sweep();
            }
        } catch (InterruptedException e) {
            LOG.debug("{} stopped", Thread.currentThread().getName());
        }
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        threads.values().forEach(Thread::interrupt);
        for (Thread thread : threads.values()) {
            try {
                thread.join(LAST_STEP.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        offsets.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Started before the master's setup, which tells of shards, and stopped after it. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 1;
    }
}
