package ghidanh.sync.observe;

import ghidanh.shard.ShardCatalogue;
import ghidanh.sync.kafka.BrokerOffsets;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
public class Observers implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Observers.class);
    private static final Duration LAST_STEP = Duration.ofSeconds(1);

    private final ObserveSettings settings;
    private final List<Measurement> measurements = new ArrayList<>();
    private final List<ShardObserver> shards;
    private final BrokerObserver broker;
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
        this.broker = new BrokerObserver(new BrokerOffsets(configured, settings.patience()), catalogue.names(), meters);
        measurements.add(broker);
    }

    /**
     * A shard as last measured, some seconds ago; null where that is not known now.
     *
     * @param oldestUnsyncedSeconds age of the oldest registration that the master lacks
     * @param unsyncedRows registrations that the master lacks
     * @param waitingEvents events in Kafka that no consumer has taken
     */
    public record ShardView(
            String name,
            String label,
            @Nullable Double oldestUnsyncedSeconds,
            @Nullable Double unsyncedRows,
            @Nullable Double waitingEvents) {}

    public List<ShardView> views() {
        return shards.stream()
                .map(observer -> new ShardView(
                        observer.shard().name(),
                        observer.shard().label(),
                        known(observer.unsynced().oldestSeconds()),
                        known(observer.unsynced().rows()),
                        known(broker.waiting(observer.shard().name()))))
                .toList();
    }

    private static @Nullable Double known(double measured) {
        return Double.isNaN(measured) ? null : measured;
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
