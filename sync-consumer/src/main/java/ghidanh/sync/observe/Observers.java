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
import java.util.function.BiFunction;
import java.util.function.Function;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.stereotype.Component;

/**
 * Measures every shard, the master and the broker at a fixed pace, each on a thread of its own: a frozen one must not hide
 * the others. Every instance does, so take the maximum over instances, never the sum.
 */
@Component
public class Observers extends LoopGroup {

    private final MasterObserver master;
    private final List<ShardObserver> shards;
    private final BrokerObserver broker;
    private final MeasuredClocks clocks;
    private final Duration interval;

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
        this.clocks = clocks;
        this.interval = settings.interval();
        Clock clock = Clock.systemUTC();
        Duration longest = settings.patience();
        Patience patience = Patience.of(longest, longest, longest);
        Function<String, KeptConnection> toMaster = purpose -> new KeptConnection(
                DatabaseName.MASTER,
                connections.lasting(databases.masterDatabase().as(Role.SYNC), "observe " + purpose, patience),
                clock);
        // Directly, not through the master: postgres_fdw holds a session on a frozen shard for half a minute, and its
        // detour would be in every reading of the shard's clock.
        BiFunction<String, Shard, KeptConnection> toShard = (purpose, shard) -> new KeptConnection(
                DatabaseName.ofShard(shard.name()),
                connections.lasting(shard.database().as(Role.OBSERVER), purpose + " " + shard.name(), patience),
                clock);
        this.master = new MasterObserver(toMaster.apply("clock"), clocks, settings);
        this.shards = catalogue.all().stream()
                .map(shard -> new ShardObserver(
                        shard,
                        toShard.apply("observe", shard),
                        toShard.apply("count", shard),
                        toMaster.apply(shard.name()),
                        clocks,
                        settings,
                        clock,
                        meters))
                .toList();
        this.broker = new BrokerObserver(
                new BrokerOffsets(configured, settings.patience()), catalogue.names(), clock, meters);
        Map<String, Loop.Work> measurements = new LinkedHashMap<>();
        measurements.put("observer-" + MeasuredClocks.MASTER, master::measure);
        shards.forEach(shard -> {
            measurements.put("observer-" + shard.shard().name(), shard::look);
            measurements.put("counter-" + shard.shard().name(), shard::count);
        });
        measurements.put("observer-broker", broker::measure);
        measurements.forEach(
                (name, measurement) -> add(loops.every(Duration.ZERO, settings.interval(), name, null, measurement)));
    }

    /** Pause between two measurements. */
    public Duration interval() {
        return interval;
    }

    /** In the order of the catalogue. */
    public List<Observation> observations() {
        return shards.stream().map(this::observation).toList();
    }

    private Observation observation(ShardObserver observer) {
        String shard = observer.shard().name();
        return new Observation(
                shard,
                observer.shard().label(),
                observer.trouble().orElse(null),
                observer.hesitates() || broker.hesitates(),
                observer.state(),
                observer.backlog(),
                observer.unsynced(),
                broker.waiting(shard),
                broker.depth(shard),
                broker.trouble(shard).orElse(null),
                master.trouble().or(observer::masterTrouble).orElse(null),
                master.state(),
                clocks.ahead(shard, MeasuredClocks.MASTER),
                Math.max(clocks.off(shard), clocks.off(MeasuredClocks.MASTER)));
    }

    /** Records of a shard's dead letter topic; NaN while that is not known. */
    public double deadRecords(String shard) {
        return broker.depth(shard);
    }

    /** Events in Kafka that no consumer has taken, as last measured; NaN where that is not known now. */
    public double waitingEvents(String shard) {
        return broker.waiting(shard);
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
