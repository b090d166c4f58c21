package ghidanh.sync.replay;

import ghidanh.event.ChangeEvent;
import ghidanh.event.Entity;
import ghidanh.shard.ShardCatalogue;
import ghidanh.sync.job.Job;
import ghidanh.sync.job.JobConflictException;
import ghidanh.sync.job.JobKind;
import ghidanh.sync.job.Jobs;
import ghidanh.sync.job.Progress;
import ghidanh.sync.master.MasterDatabase;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Goes through the shards' tables instead of their topics: what {@code sync_all_remapped()} does, in chunks, each in a
 * transaction of the live listener's kind, so that it can be watched, slowed down, cancelled and resumed. Needs no Kafka.
 */
@Component
public class Resyncs {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<Map<String, Map<String, Long>>> LAST_IDS = new TypeReference<>() {};

    private static final String NEXT_ROWS = """
            -- Resyncs
            select p from shard_page(?, ?, ?, ?) p
            """;

    private static final String COUNT_ROWS = """
            -- Resyncs
            select shard_rows(?, ?)
            """;

    private final MasterDatabase master;
    private final JobRemapper remapper;
    private final Jobs jobs;
    private final ShardCatalogue catalogue;
    private final ReplaySettings settings;
    private final ReplayMeter meter;

    Resyncs(
            MasterDatabase master,
            JobRemapper remapper,
            Jobs jobs,
            ShardCatalogue catalogue,
            ReplaySettings settings,
            ReplayMeter meter) {
        this.master = master;
        this.remapper = remapper;
        this.jobs = jobs;
        this.catalogue = catalogue;
        this.settings = settings;
        this.meter = meter;
        jobs.register(JobKind.RESYNC, this::run);
    }

    /**
     * What someone asks for.
     *
     * @param shard null for all
     * @param dryRun only count what would change
     * @param maxPerSecond rows; 0 for the usual limit
     */
    public record Order(@Nullable String shard, boolean dryRun, int maxPerSecond, String reason, String requestedBy) {}

    /**
     * Starts a resync.
     *
     * @throws JobConflictException if a replay or resync of the shard is running
     */
    public Job start(Order order) {
        // By entity, the last number that was brought.
        Map<String, Map<String, Long>> lastIds = new TreeMap<>();
        List<String> shards = order.shard() == null ? catalogue.names() : List.of(order.shard());
        shards.forEach(shard -> lastIds.put(shard, new TreeMap<>()));
        ObjectNode options = JSON.createObjectNode();
        options.put("dryRun", order.dryRun());
        options.put("maxPerSecond", settings.limit(order.maxPerSecond()));
        var request = new Job.Request(
                JobKind.RESYNC, order.shard(), options, order.reason(), order.requestedBy(), JSON.valueToTree(lastIds));
        return jobs.start(request);
    }

    private void run(Job job, Progress progress) {
        boolean dryRun = job.options().path("dryRun").booleanValue();
        Pace pace = new Pace(job.options().path("maxPerSecond").intValue());
        Map<String, Map<String, Long>> lastIds = JSON.convertValue(progress.offsets(), LAST_IDS);
        if (job.total() == 0) {
            progress.total(count(lastIds, progress));
        }
        for (String shard : lastIds.keySet()) {
            meter.begin(shard);
            try {
                for (Entity entity : Entity.values()) {
                    bring(shard, entity, lastIds, dryRun, pace, progress);
                }
            } finally {
                meter.end(shard);
            }
        }
    }

    private long count(Map<String, Map<String, Long>> lastIds, Progress progress) {
        long total = 0;
        for (String shard : lastIds.keySet()) {
            for (Entity entity : Entity.values()) {
                total += progress.untilAnswered(
                        shard, () -> ask(COUNT_ROWS, shard, entity.outboxName()).get(0));
            }
        }
        return total;
    }

    private void bring(
            String shard,
            Entity entity,
            Map<String, Map<String, Long>> lastIds,
            boolean dryRun,
            Pace pace,
            Progress progress) {
        Map<String, Long> last = Objects.requireNonNull(lastIds.get(shard));
        int chunk = pace.batchSize(settings.batchSize());
        while (true) {
            progress.checkStopped();
            long after = last.getOrDefault(entity.outboxName(), 0L);
            List<Long> ids =
                    progress.untilAnswered(shard, () -> ask(NEXT_ROWS, shard, entity.outboxName(), after, chunk));
            if (ids.isEmpty()) {
                return;
            }
            List<ChangeEvent> next =
                    ids.stream().map(id -> new ChangeEvent(shard, entity, id)).toList();
            Map<String, Long> outcomes = remapper.remap(shard, next, dryRun, progress);
            last.put(entity.outboxName(), ids.get(ids.size() - 1));
            progress.step(ids.size(), outcomes, JSON.valueToTree(lastIds));
            meter.gone(shard, ids.size());
            pace.after(ids.size(), progress);
        }
    }

    private List<Long> ask(String question, String shard, Object... more) {
        return JdbcClient.create(master.forShard(shard))
                .sql(question)
                .param(shard)
                .params(more)
                .query(Long.class)
                .list();
    }
}
