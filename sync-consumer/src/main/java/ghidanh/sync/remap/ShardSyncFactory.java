package ghidanh.sync.remap;

import ghidanh.event.Topics;
import ghidanh.shard.ShardCatalogue;
import ghidanh.sync.deadletter.DeadLetterWriter;
import ghidanh.sync.kafka.ByteConsumers;
import ghidanh.sync.lag.LagMeter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.MicrometerConsumerListener;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.stereotype.Component;

/** Puts together what works for one shard. */
@Component
class ShardSyncFactory {

    private static final Logger LOG = LoggerFactory.getLogger(ShardSyncFactory.class);

    /** A pause after a failure ends at the next poll, so this is its resolution. */
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(250);

    private final ConsumerFactory<byte[], byte[]> consumers;
    private final ShardCatalogue catalogue;
    private final Remapper remapper;
    private final DeadLetterWriter deadLetters;
    private final RemapSettings settings;
    private final LagMeter lag;
    private final MeterRegistry meters;
    private final Clock clock;

    ShardSyncFactory(
            ByteConsumers consumers,
            ShardCatalogue catalogue,
            Remapper remapper,
            DeadLetterWriter deadLetters,
            RemapSettings settings,
            LagMeter lag,
            MeterRegistry meters) {
        this.consumers = consumers.ofGroup();
        this.consumers.addListener(new MicrometerConsumerListener<>(meters));
        this.catalogue = catalogue;
        this.remapper = remapper;
        this.deadLetters = deadLetters;
        this.settings = settings;
        this.lag = lag;
        this.meters = meters;
        this.clock = Clock.systemUTC();
    }

    ShardSync create(String shard) {
        lag.watch(shard);
        var marker = new SyncMarker(shard, regIds -> remapper.mark(shard, regIds), settings, meters);
        var outage = new Outage(shard, settings, clock);
        var shares = new BatchShares(shard, settings.sessions(), settings.smallestShare());
        var listener = new RemapListener(
                shard,
                catalogue,
                new BatchRemapper(rows -> remapper.remap(shard, rows), settings.attempts(), true),
                shares,
                letters -> deadLetters.write(shard, letters),
                marker::add,
                outage,
                new EventMeter(meters, shard),
                lag);
        return new ShardSync(shard, container(shard, listener), shares, marker, outage);
    }

    private ConcurrentMessageListenerContainer<byte[], byte[]> container(String shard, RemapListener listener) {
        var properties = new ContainerProperties(Topics.events(shard));
        properties.setGroupId(ByteConsumers.group(shard));
        properties.setClientId("sync-" + shard);
        properties.setMessageListener(listener);
        properties.setAckMode(ContainerProperties.AckMode.MANUAL);
        // An offset may lag behind (events are idempotent), never run ahead: no need to wait for its commit.
        properties.setSyncCommits(false);
        properties.setCommitCallback((offsets, error) -> {
            if (error != null) {
                LOG.info("Shard {}: offsets not committed, their events come again: {}", shard, error.getMessage());
            }
        });
        properties.setConsumerRebalanceListener(new EndPauseOnAssignment());
        properties.setPollTimeout(POLL_TIMEOUT.toMillis());
        properties.setShutdownTimeout(settings.stopTimeout().toMillis());
        properties.setAuthExceptionRetryInterval(Duration.ofSeconds(10));
        var container = new ConcurrentMessageListenerContainer<>(consumers, properties);
        container.setBeanName("sync-" + shard);
        container.setCommonErrorHandler(new RedeliverBatch());
        return container;
    }
}
