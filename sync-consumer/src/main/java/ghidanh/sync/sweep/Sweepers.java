package ghidanh.sync.sweep;

import ghidanh.event.Entity;
import ghidanh.loop.LoopGroup;
import ghidanh.loop.Loops;
import ghidanh.sync.kafka.BrokerOffsets;
import ghidanh.sync.master.MasterDatabase;
import ghidanh.sync.master.ShardAttached;
import ghidanh.sync.remap.Remapper;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.context.event.EventListener;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.stereotype.Component;

/**
 * Runs a sweeper for each attached shard, on a thread of its own: a frozen shard holds only its own. Started before the
 * master's setup, which tells of shards, and stopped after it.
 */
@Component
class Sweepers extends LoopGroup {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final UnmarkedRows unmarked;
    private final MasterDatabase master;
    private final Remapper remapper;
    private final SweepSettings settings;
    private final MeterRegistry meters;
    private final Clock clock = Clock.systemUTC();
    private final BrokerOffsets offsets;
    private final EventProgress progress;
    private final Loops loops;

    Sweepers(
            KafkaAdmin configured,
            UnmarkedRows unmarked,
            MasterDatabase master,
            Remapper remapper,
            SweepSettings settings,
            MeterRegistry meters,
            Loops loops) {
        super(DEFAULT_PHASE - 1);
        this.unmarked = unmarked;
        this.master = master;
        this.remapper = remapper;
        this.settings = settings;
        this.meters = meters;
        this.loops = loops;
        this.offsets = new BrokerOffsets(configured, PATIENCE);
        this.progress = new EventProgress(offsets, clock);
    }

    @EventListener
    void on(ShardAttached attached) {
        String shard = attached.shard();
        List<LateRows> late = Stream.of(Entity.STUDENT, Entity.SECTION)
                .map(entity -> new LateRows(shard, entity, master, settings.settle(), settings.pageSize(), clock))
                .toList();
        var sweeper = new Sweeper(shard, unmarked, late, progress, remapper, settings, clock, meters);
        add(loops.every(settings.interval(), settings.interval(), "sweeper", shard, sweeper::sweep));
    }

    @Override
    public void stop() {
        super.stop();
        offsets.close();
    }
}
