package ghidanh.sync.remap;

import ghidanh.event.ShardTopics;
import ghidanh.event.TopicSettings;
import ghidanh.sync.master.ShardAttached;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.stereotype.Component;

/**
 * Starts a shard's sync once the master is ready for it and its topics are there, however long that takes, and stops all
 * of them: the listeners with the batch in hand first, then the markers.
 */
@Component
class ShardSyncs implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(ShardSyncs.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final Duration LAST_MARKS = Duration.ofSeconds(3);

    private final ShardTopics topics;
    private final ShardSyncFactory factory;
    private final RemapSettings settings;
    private final Map<String, ShardSync> running = new ConcurrentSkipListMap<>();
    private final ExecutorService starter = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "sync-start");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean started;

    ShardSyncs(KafkaAdmin configured, TopicSettings topics, ShardSyncFactory factory, RemapSettings settings) {
        this.topics = new ShardTopics(configured.getConfigurationProperties(), topics, PATIENCE);
        this.factory = factory;
        this.settings = settings;
    }

    /** Those that were started; a shard that waits for master or broker is not among them. */
    Collection<ShardSync> running() {
        return List.copyOf(running.values());
    }

    @EventListener
    void on(ShardAttached attached) {
        starter.execute(() -> start(attached.shard()));
    }

    private void start(String shard) {
        try {
            int partitions = madeTopics(shard);
            synchronized (running) {
                if (started) {
                    ShardSync sync = factory.create(shard);
                    running.put(shard, sync);
                    sync.marker().start();
                    sync.container().start();
                    LOG.info("Shard {} is being synced, {} partitions", shard, partitions);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("Stopped before shard {} was started", shard);
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
                            "Kafka (spring.kafka.bootstrap-servers) does not make the topics of shard {}; trying again every {} s: {}",
                            shard,
                            RETRY.toSeconds(),
                            trouble);
                }
            }
        }
    }

    @Override
    public void start() {
        started = true;
    }

    @Override
    public void stop() {
        starter.shutdownNow();
        synchronized (running) {
            started = false;
            List<Thread> stops = running.values().stream()
                    .map(sync -> new Thread(() -> stop(sync), "sync-stop-" + sync.shard()))
                    .toList();
            stops.forEach(Thread::start);
            for (Thread stop : stops) {
                try {
                    stop.join(settings.stopTimeout().plus(LAST_MARKS).toMillis());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            running.clear();
        }
    }

    private static void stop(ShardSync sync) {
        sync.container().stop();
        sync.shares().close();
        sync.marker().stop(LAST_MARKS);
    }

    @Override
    public boolean isRunning() {
        return started;
    }

    /** Started before the master's setup, which tells of shards, and stopped after it. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 1;
    }
}
