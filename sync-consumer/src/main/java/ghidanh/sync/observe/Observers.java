package ghidanh.sync.observe;

import ghidanh.loop.LoopGroup;
import ghidanh.loop.Loops;
import ghidanh.shard.ShardCatalogue;
import ghidanh.sync.kafka.BrokerOffsets;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.stereotype.Component;

/**
 * Measures every shard, the master and the broker at a fixed pace, each on a thread of its own: a frozen one must not hide
 * the others. Every instance does, so take the maximum over instances, never the sum.
 */
@Component
public class Observers extends LoopGroup {

    private final List<Measurement> measurements = new ArrayList<>();
    private final List<ShardObserver> shards;
    private final BrokerObserver broker;

    Observers(
            ShardCatalogue catalogue,
            Databases databases,
            MeasuredClocks clocks,
            KafkaAdmin configured,
            ObserveSettings settings,
            MeterRegistry meters,
            Loops loops) {
        super(DEFAULT_PHASE);
        measurements.add(new MasterObserver(databases, clocks, settings.clockReadings()));
        this.shards = catalogue.all().stream()
                .map(shard -> new ShardObserver(shard, databases, clocks, settings, Clock.systemUTC(), meters))
                .toList();
        measurements.addAll(shards);
        this.broker = new BrokerObserver(new BrokerOffsets(configured, settings.patience()), catalogue.names(), meters);
        measurements.add(broker);
        for (Measurement measurement : measurements) {
            String name = "observer-" + measurement.name();
            add(loops.every(Duration.ZERO, settings.interval(), name, null, measurement::measure));
        }
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
    public void stop() {
        super.stop();
        measurements.forEach(Measurement::close);
    }
}
