package ghidanh.sync.replay;

import ghidanh.shard.ShardCatalogue;
import ghidanh.sync.job.Job;
import ghidanh.sync.job.JobConflictException;
import ghidanh.sync.job.JobKind;
import ghidanh.sync.job.Jobs;
import ghidanh.sync.job.Progress;
import ghidanh.sync.remap.PolledEvents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the shards' topics again, from any point to where they ended when it was asked for, and remaps their rows. Events
 * are pointers and the topic keeps one of each row, so from the beginning this rebuilds an empty master; anywhere else it
 * changes only what is behind. Shard after shard, each batch in a transaction of the live listener's kind.
 */
@Component
public class Replays {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<Map<String, Map<Integer, Span>>> SPANS = new TypeReference<>() {};
    private static final Duration POLL = Duration.ofMillis(250);
    private static final int QUIET_POLLS = 40;

    private final TopicReader topics;
    private final JobRemapper remapper;
    private final Jobs jobs;
    private final ShardCatalogue catalogue;
    private final ReplaySettings settings;
    private final ReplayMeter meter;

    Replays(
            TopicReader topics,
            JobRemapper remapper,
            Jobs jobs,
            ShardCatalogue catalogue,
            ReplaySettings settings,
            ReplayMeter meter) {
        this.topics = topics;
        this.remapper = remapper;
        this.jobs = jobs;
        this.catalogue = catalogue;
        this.settings = settings;
        this.meter = meter;
        jobs.register(JobKind.REPLAY, this::run);
    }

    /**
     * What someone asks for.
     *
     * @param shard null for all
     * @param dryRun only count what would change
     * @param maxPerSecond events; 0 for the usual limit
     */
    public record Order(
            @Nullable String shard, Start from, boolean dryRun, int maxPerSecond, String reason, String requestedBy) {}

    /**
     * Starts a replay.
     *
     * @throws JobConflictException if a replay or resync of the shard is running
     * @throws NoSuchPartitionException if the topic does not have that start
     * @throws KafkaException if Kafka does not answer
     */
    public Job start(Order order) {
        Map<String, Map<Integer, Span>> spans = new TreeMap<>();
        List<String> shards = order.shard() == null ? catalogue.names() : List.of(order.shard());
        shards.forEach(shard -> spans.put(shard, topics.spans(shard, order.from())));
        ObjectNode options = JSON.createObjectNode();
        if (order.from().time().isPresent()) {
            options.put("from", order.from().time().get().toString());
        } else if (order.from().offsets().isEmpty()) {
            options.put("from", "earliest");
        } else {
            options.set("from", JSON.valueToTree(order.from().offsets()));
        }
        options.put("dryRun", order.dryRun());
        options.put("maxPerSecond", settings.limit(order.maxPerSecond()));
        var request = new Job.Request(
                JobKind.REPLAY, order.shard(), options, order.reason(), order.requestedBy(), JSON.valueToTree(spans));
        return jobs.start(request);
    }

    private void run(Job job, Progress progress) {
        boolean dryRun = job.options().path("dryRun").booleanValue();
        Pace pace = new Pace(job.options().path("maxPerSecond").intValue());
        Map<String, Map<Integer, Span>> spans = JSON.convertValue(progress.offsets(), SPANS);
        progress.total(spans.values().stream()
                .flatMap(ofShard -> ofShard.values().stream())
                .mapToLong(span -> span.end() - span.from())
                .sum());
        for (Map.Entry<String, Map<Integer, Span>> entry : spans.entrySet()) {
            String shard = entry.getKey();
            meter.begin(shard);
            try (Consumer<byte[], byte[]> consumer =
                    topics.open(shard, entry.getValue(), pace.batchSize(settings.batchSize()))) {
                read(shard, consumer, spans, dryRun, pace, progress);
            } finally {
                meter.end(shard);
            }
        }
    }

    private void read(
            String shard,
            Consumer<byte[], byte[]> consumer,
            Map<String, Map<Integer, Span>> all,
            boolean dryRun,
            Pace pace,
            Progress progress) {
        Map<Integer, Span> spans = Objects.requireNonNull(all.get(shard));
        int quiet = 0;
        while (spans.values().stream().anyMatch(span -> span.left() > 0)) {
            progress.checkStopped();
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < span(spans, record.partition()).end()) {
                    records.add(record);
                }
            }
            // What the live listener made dead letters of is only counted.
            PolledEvents polled = PolledEvents.of(shard, catalogue, records);
            Map<String, Long> counts = remapper.remap(shard, polled.rows(), dryRun, progress);
            add(counts, "events", records.size());
            add(counts, "unreadable", polled.dead().size());
            add(counts, "merged", polled.merged());
            long gone = moveOn(consumer, spans);
            if (gone > 0) {
                progress.step(gone, counts, JSON.valueToTree(all));
                meter.gone(shard, records.size());
                quiet = 0;
            } else if (++quiet == QUIET_POLLS) {
                progress.message("shard " + shard + " waits: Kafka gives no events");
            }
            pace.after(records.size(), progress);
        }
    }

    private static void add(Map<String, Long> counts, String outcome, long events) {
        if (events > 0) {
            counts.put(outcome, events);
        }
    }

    private static long moveOn(Consumer<byte[], byte[]> consumer, Map<Integer, Span> spans) {
        long before = left(spans);
        Set<TopicPartition> unread = new HashSet<>();
        for (TopicPartition partition : consumer.assignment()) {
            Span moved = span(spans, partition.partition()).at(consumer.position(partition));
            spans.put(partition.partition(), moved);
            if (moved.left() > 0) {
                unread.add(partition);
            }
        }
        // Not paused: a poll spins while events of a paused partition are at hand.
        consumer.assign(unread);
        return before - left(spans);
    }

    private static Span span(Map<Integer, Span> spans, int partition) {
        return Objects.requireNonNull(spans.get(partition));
    }

    private static long left(Map<Integer, Span> spans) {
        return spans.values().stream().mapToLong(Span::left).sum();
    }
}
