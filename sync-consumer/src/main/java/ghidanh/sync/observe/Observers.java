package ghidanh.sync.observe;

import ghidanh.database.Connections;
import ghidanh.database.DatabaseName;
import ghidanh.database.Patience;
import ghidanh.loop.Loop;
import ghidanh.loop.LoopGroup;
import ghidanh.loop.Loops;
import ghidanh.shard.Role;
import ghidanh.shard.Shard;
import ghidanh.shard.ShardCatalogue;
import ghidanh.shard.ShardSettings;
import ghidanh.sync.kafka.BrokerOffsets;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.stereotype.Component;

/**
 * Measures every shard, the master and the broker at a fixed pace, each on a thread of its own: a frozen one must not hide
 * the others. Every instance does, so take the maximum over instances, never the sum.
 */
@Component
public class Observers extends LoopGroup {

    private final KeptConnection master;
    private final List<ShardObserver> shards;
    private final BrokerObserver broker;

    Observers(
            ShardCatalogue catalogue,
            ShardSettings databases,
            Connections connections,
            MeasuredClocks clocks,
            KafkaAdmin configured,
            ObserveSettings settings,
            MeterRegistry meters,
            Loops loops) {
        super(DEFAULT_PHASE);
        Duration longest = settings.patience();
        Patience patience = Patience.of(longest, longest, longest);
        Function<String, KeptConnection> toMaster = purpose -> new KeptConnection(
                DatabaseName.MASTER,
                connections.lasting(databases.masterDatabase().as(Role.SYNC), "observe " + purpose, patience));
        // Directly, not through the master: postgres_fdw holds a session on a frozen shard for half a minute, and its
        // detour would be in every reading of the shard's clock.
        Function<Shard, KeptConnection> toShard = shard -> new KeptConnection(
                DatabaseName.ofShard(shard.name()),
                connections.lasting(shard.database().as(Role.OBSERVER), "observe " + shard.name(), patience));
        this.master = toMaster.apply("clock");
        this.shards = catalogue.all().stream()
                .map(shard -> new ShardObserver(
                        shard,
                        toShard.apply(shard),
                        toMaster.apply(shard.name()),
                        clocks,
                        settings,
                        Clock.systemUTC(),
                        meters))
                .toList();
        this.broker = new BrokerObserver(new BrokerOffsets(configured, settings.patience()), catalogue.names(), meters);
        Map<String, Loop.Work> measurements = new LinkedHashMap<>();
        measurements.put(MeasuredClocks.MASTER, () -> clocks.measureMaster(master, settings.clockReadings()));
        shards.forEach(shard -> measurements.put(shard.shard().name(), shard::measure));
        measurements.put("broker", broker::measure);
        measurements.forEach((name, measurement) ->
                add(loops.every(Duration.ZERO, settings.interval(), "observer-" + name, null, measurement)));
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

    /** Events in Kafka that no consumer has taken, as last measured; NaN where that is not known now. */
    public double waitingEvents(String shard) {
        return broker.waiting(shard);
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
        master.close();
        shards.forEach(ShardObserver::close);
        broker.close();
    }
}
