package ghidanh.sync.remap;

import ghidanh.database.Trouble;
import ghidanh.event.ShardTopics;
import ghidanh.event.TopicSettings;
import ghidanh.loop.LoopGroup;
import ghidanh.loop.Loops;
import ghidanh.sync.master.ShardAttached;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.stereotype.Component;

/**
 * Starts a shard's sync once the master is ready for it and its topics are there, however long that takes, and stops all
 * of them: the listeners with the batch in hand first, then the markers. Started before the master's setup, which tells of
 * shards, and stopped after it.
 */
@Component
public class ShardSyncs extends LoopGroup {

    private static final Logger LOG = LoggerFactory.getLogger(ShardSyncs.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final Duration LAST_MARKS = Duration.ofSeconds(3);

    private final ShardTopics topics;
    private final ShardSyncFactory factory;
    private final RemapSettings settings;
    private final Map<String, ShardSync> running = new ConcurrentSkipListMap<>();
    private final Loops loops;

    ShardSyncs(
            KafkaAdmin configured,
            TopicSettings topics,
            ShardSyncFactory factory,
            RemapSettings settings,
            Loops loops) {
        super(DEFAULT_PHASE - 1, LAST_MARKS);
        this.topics = new ShardTopics(configured.getConfigurationProperties(), topics, PATIENCE);
        this.factory = factory;
        this.settings = settings;
        this.loops = loops;
    }

    /** Those that were started; a shard that waits for master or broker is not among them. */
    Collection<ShardSync> running() {
        return List.copyOf(running.values());
    }

    /**
     * How a shard's sync is.
     *
     * @param listening whether all its threads are
     * @param paused whether somebody asked them to
     * @param trouble of the last batch; null where it went well
     */
    public record State(
            boolean listening, boolean paused, @Nullable Trouble trouble) {}

    /** Empty where it waits for master or broker to begin. */
    public Optional<State> state(String shard) {
        return Optional.ofNullable(running.get(shard))
                .map(sync -> new State(
                        sync.isListening(),
                        sync.container().isPauseRequested(),
                        sync.outage().trouble().orElse(null)));
    }

    @EventListener
    void on(ShardAttached attached) {
        String shard = attached.shard();
        add(loops.lasting("sync-start", shard, () -> start(shard, madeTopics(shard))));
    }

    private synchronized void start(String shard, int partitions) {
        if (isRunning()) {
            // There already where an error ended the first try.
            ShardSync sync = running.computeIfAbsent(shard, name -> {
                ShardSync created = factory.create(name);
                add(loops.lasting("sync-marker", name, created.marker()));
                return created;
            });
            sync.container().start();
            LOG.info("Shard {} is being synced, {} partitions", shard, partitions);
        }
    }

    private int madeTopics(String shard) throws InterruptedException {
        for (String told = ""; ; Thread.sleep(RETRY.toMillis())) {
            try {
                return topics.make(shard);
            } catch (KafkaException e) {
                String trouble = String.valueOf(e.getMessage());
                if (!trouble.equals(told)) {
                    told = trouble;
                    LOG.warn(
                            "Kafka (spring.kafka.bootstrap-servers) does not make the topics of shard {}; trying again"
                                    + " every {} s: {}",
                            shard,
                            RETRY.toSeconds(),
                            trouble);
                }
            }
        }
    }

    @Override
    public synchronized void stop() {
        var stopped = new CountDownLatch(running.size());
        running.values().forEach(sync -> sync.container().stop(stopped::countDown));
        try {
            if (!stopped.await(settings.stopTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("{} of {} shards do not end their batch in time", stopped.getCount(), running.size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        running.values().forEach(sync -> sync.shares().close());
        super.stop();
        running.clear();
    }
}
