package ghidanh.registration.outbox;

import ghidanh.database.Connections;
import ghidanh.event.TopicSettings;
import ghidanh.shard.Shard;
import ghidanh.shard.ShardCatalogue;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Starts a relay per shard with the application and stops them with it. */
class Relays implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Relays.class);

    // What is left to a relay that was cut off, to notice it.
    private static final long CUT_OFF_MILLIS = 1000;

    private record Running(String shard, RelayLoop loop, Thread thread) {}

    private final List<ShardRelay> relays;
    private final Connections connections;
    private final RelaySettings settings;
    private final KafkaAccess kafka;
    private final TopicSettings topics;
    private final Doorbell doorbell;
    private final List<Running> running = new ArrayList<>();

    private record ShardRelay(Shard shard, RelayState state, RelayMetrics metrics) {}

    Relays(
            ShardCatalogue shards,
            Connections connections,
            RelaySettings settings,
            KafkaAccess kafka,
            TopicSettings topics,
            Doorbell doorbell,
            MeterRegistry registry,
            Clock clock) {
        this.connections = connections;
        this.settings = settings;
        this.kafka = kafka;
        this.topics = topics;
        this.doorbell = doorbell;
        this.relays = shards.all().stream()
                .map(shard -> {
                    RelayState state = new RelayState(shard.name(), clock);
                    return new ShardRelay(shard, state, new RelayMetrics(registry, state));
                })
                .toList();
        RelayMetrics.exactCommits(registry, states());
    }

    List<RelayState> states() {
        return relays.stream().map(ShardRelay::state).toList();
    }

    @Override
    public synchronized void start() {
        for (ShardRelay relay : relays) {
            String name = relay.shard().name();
            RelayLoop loop = new RelayLoop(
                    connections,
                    relay.shard(),
                    settings,
                    new EventPublisher(name, kafka, topics, settings, relay.metrics()),
                    doorbell,
                    relay.metrics(),
                    relay.state());
            Thread thread = new Thread(loop, "relay-" + name);
            thread.setDaemon(true);
            thread.start();
            running.add(new Running(name, loop, thread));
        }
    }

    @Override
    public synchronized void stop() {
        running.forEach(relay -> relay.loop().stop());
        long deadline = System.nanoTime() + settings.stopTimeout().toNanos();
        try {
            for (Running relay : running) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                relay.thread().join(Math.max(1, left));
                if (relay.thread().isAlive()) {
                    log.warn("Shard {}: the relay does not end, cutting it off", relay.shard());
                    relay.thread().interrupt();
                    relay.loop().abort();
                    relay.thread().join(CUT_OFF_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        running.clear();
    }

    @Override
    public synchronized boolean isRunning() {
        return !running.isEmpty();
    }

    @Override
    public boolean isAutoStartup() {
        return settings.enabled();
    }

    /** Before the web server starts, and after it stopped: what it wrote last still finds its relay. */
    @Override
    public int getPhase() {
        return 0;
    }
}
