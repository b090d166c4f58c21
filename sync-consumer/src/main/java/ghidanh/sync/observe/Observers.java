package ghidanh.sync.observe;

import ghidanh.shard.ShardCatalogue;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.stereotype.Component;

/**
 * Measures every shard, the master and the broker at a fixed pace, each on a thread of its own: a frozen one must not hide
 * the others. Every instance does, so take the maximum over instances, never the sum.
 */
@Component
class Observers implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Observers.class);
    private static final Duration LAST_STEP = Duration.ofSeconds(1);

    private final ObserveSettings settings;
    private final List<Measurement> measurements = new ArrayList<>();
    private final List<ShardObserver> shards;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean running;

    Observers(
            ShardCatalogue catalogue,
            Databases databases,
            MeasuredClocks clocks,
            KafkaAdmin configured,
            ObserveSettings settings,
            MeterRegistry meters) {
        this.settings = settings;
        measurements.add(new MasterObserver(databases, clocks, settings.clockReadings()));
        this.shards = catalogue.all().stream()
                .map(shard -> new ShardObserver(shard, databases, clocks, settings, Clock.systemUTC(), meters))
                .toList();
        measurements.addAll(shards);
        measurements.add(new BrokerObserver(
                Admin.create(configured.getConfigurationProperties()), catalogue.names(), settings.patience(), meters));
    }

    List<ShardObserver> shards() {
        return shards;
    }

    @Override
    public void start() {
        running = true;
        for (Measurement measurement : measurements) {
            Thread thread = new Thread(() -> run(measurement), "observer-" + measurement.name());
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    private void run(Measurement measurement) {
        try (measurement) {
            while (running) {
                measurement.measure();
                Thread.sleep(settings.interval().toMillis());
            }
        } catch (InterruptedException e) {
            LOG.debug("{} stopped", Thread.currentThread().getName());
        }
    }

    @Override
    public void stop() {
        running = false;
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            try {
                thread.join(LAST_STEP.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        threads.clear();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
