package ghidanh.sync.drift;

import ghidanh.event.ChangeEvent;
import ghidanh.event.Entity;
import ghidanh.shard.ShardCatalogue;
import ghidanh.sync.drift.Identities.Identity;
import ghidanh.sync.drift.RefusedRemovalException.Why;
import ghidanh.sync.job.Job;
import ghidanh.sync.job.JobConflictException;
import ghidanh.sync.job.JobKind;
import ghidanh.sync.job.JobState;
import ghidanh.sync.job.Jobs;
import ghidanh.sync.job.Progress;
import ghidanh.sync.replay.JobRemapper;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Compares shards with the master, names what differs, and repairs it through the live listener's transaction. */
@Component
public class DriftChecks {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<Map<String, ShardDrift>> REPORT = new TypeReference<>() {};
    private static final int REPAIRS_AT_ONCE = 1_000;
    private static final int CHECKS_LOOKED_AT = 200;

    /** With more events waiting, a check by itself would take the backlog for drift, and repair what the events bring. */
    static final int FEW_EVENTS = 1_000;

    private final DriftCalls calls;
    private final Identities identities;
    private final JobRemapper remapper;
    private final Jobs jobs;
    private final ShardCatalogue catalogue;
    private final DriftSettings settings;
    private final DriftMeter meter;
    private final Clock clock = Clock.systemUTC();

    DriftChecks(
            DriftCalls calls,
            Identities identities,
            JobRemapper remapper,
            Jobs jobs,
            ShardCatalogue catalogue,
            DriftSettings settings,
            DriftMeter meter) {
        this.calls = calls;
        this.identities = identities;
        this.remapper = remapper;
        this.jobs = jobs;
        this.catalogue = catalogue;
        this.settings = settings;
        this.meter = meter;
        jobs.register(JobKind.DRIFT_CHECK, this::run);
    }

    /**
     * What someone asks for.
     *
     * @param shard null for all
     * @param repair bring what is missing or different
     * @param removeExtra remove what the shard does not have
     * @param after the dry run of that, which must have been one
     */
    public record Order(
            @Nullable String shard,
            boolean repair,
            boolean removeExtra,
            @Nullable Integer after,
            String reason,
            String requestedBy) {}

    /**
     * The last check of a shard.
     *
     * @param check its job
     */
    public record Latest(long check, ShardDrift drift) {}

    /**
     * Starts a check.
     *
     * @throws JobConflictException if one of the shard is running
     * @throws RefusedRemovalException if extra rows are to be removed that may be the only ones left, or without a dry run
     */
    public Job start(Order order) {
        ObjectNode options = JSON.createObjectNode();
        options.put("repair", order.repair());
        options.put("removeExtra", order.removeExtra());
        if (order.removeExtra()) {
            options.set("removals", JSON.valueToTree(removals(order)));
        }
        var request = new Job.Request(
                JobKind.DRIFT_CHECK,
                order.shard(),
                options,
                order.reason(),
                order.requestedBy(),
                JSON.createObjectNode());
        return jobs.start(request);
    }

    private Removals removals(Order order) {
        shards(order.shard()).stream().filter(identities::changed).findFirst().ifPresent(shard -> {
            throw new RefusedRemovalException(
                    Why.WENT_BACK,
                    "Shard " + shard
                            + " or the master may have gone back in time and has not been compared since; a check that"
                            + " repairs and names what is lost starts by itself. Remove extra rows after it.");
        });
        List<Job> newest = jobs.newest(JobKind.DRIFT_CHECK, CHECKS_LOOKED_AT);
        return Removals.after(order.after(), order.shard(), newest, settings, clock);
    }

    /** The extra rows that a check has left, by shard. */
    static Map<String, Long> extra(Job check) {
        Map<String, Long> extra = new TreeMap<>();
        JSON.convertValue(check.report(), REPORT)
                .forEach((shard, drift) -> extra.put(shard, drift.left(DriftKind.EXTRA)));
        return extra;
    }

    /** The last complete check of each shard that had one, on whatever instance. */
    public Map<String, Latest> latest() {
        Map<String, Latest> latest = new TreeMap<>();
        for (Job job : jobs.newest(JobKind.DRIFT_CHECK, CHECKS_LOOKED_AT)) {
            if (job.state() == JobState.DONE) {
                JSON.convertValue(job.report(), REPORT)
                        .forEach((shard, drift) -> latest.putIfAbsent(shard, new Latest(job.id(), drift)));
            }
        }
        return latest;
    }

    private void run(Job job, Progress progress) {
        boolean repair = job.options().path("repair").booleanValue();
        JsonNode asked = job.options().path("removals");
        Removals removals = asked.isMissingNode() ? null : JSON.convertValue(asked, Removals.class);
        List<String> shards = shards(job.shard());
        progress.total((long) shards.size() * Entity.values().length);
        Map<String, ShardDrift> report = new TreeMap<>();
        for (String shard : shards) {
            ShardDrift drift = check(shard, repair, removals, progress);
            report.put(shard, drift);
            progress.report(JSON.valueToTree(report));
            meter.checked(shard, drift);
        }
    }

    private List<String> shards(@Nullable String one) {
        return one == null ? catalogue.names() : List.of(one);
    }

    private ShardDrift check(String shard, boolean repair, @Nullable Removals removals, Progress progress) {
        Instant begun = clock.instant();
        String was = repair
                ? progress.untilAnswered(
                        shard,
                        () -> identities.compared(shard).map(Identity::place).orElse(""))
                : "";
        Optional<Identity> identity = repair
                ? Optional.of(progress.untilAnswered(shard, () -> identities.beforeComparing(shard, was)))
                : Optional.empty();
        List<Comparison> comparisons = new ArrayList<>();
        for (Entity entity : Entity.values()) {
            Comparison comparison = new Comparison(shard, entity, calls, progress);
            comparison.look();
            comparisons.add(comparison);
        }
        if (!comparisons.stream().allMatch(Comparison::isSame)) {
            progress.message("shard " + shard + ": waiting whether what differs is in flight");
            progress.pause(settings.settle().toMillis());
        }
        Map<Entity, Tally> tallies = new EnumMap<>(Entity.class);
        for (Comparison comparison : comparisons) {
            Tally tally = new Tally(settings.examples());
            comparison.confirm(drift -> {
                tally.add(drift);
                if (repair) {
                    bring(shard, comparison.entity(), drift, tally, progress);
                }
            });
            tallies.put(comparison.entity(), tally);
        }
        if (removals != null) {
            removals.check(
                    shard,
                    tallies.values().stream()
                            .mapToLong(tally -> tally.extra().size())
                            .sum());
            // Registrations first, which hold their students and sections.
            for (Entity entity : List.of(Entity.REGISTRATION, Entity.SECTION, Entity.STUDENT)) {
                remove(shard, entity, Objects.requireNonNull(tallies.get(entity)), progress);
            }
        }
        Map<String, EntityDrift> entities = new TreeMap<>();
        for (Comparison comparison : comparisons) {
            Tally tally = Objects.requireNonNull(tallies.get(comparison.entity()));
            EntityDrift drift = tally.drift(comparison);
            entities.put(comparison.entity().outboxName(), drift);
            progress.step(1, tally.counts(drift), JSON.createObjectNode());
        }
        EntityDrift registrations = Objects.requireNonNull(entities.get(Entity.REGISTRATION.outboxName()));
        boolean namesLost =
                registrations.extra().rows() + registrations.different().rows() > 0;
        long wrongSeats = progress.untilAnswered(shard, () -> calls.wrongSeats(shard));
        long repairedSeats = 0;
        if (repair) {
            repairedSeats = wrongSeats == 0 ? 0 : progress.untilAnswered(shard, () -> calls.repairSeats(shard));
            progress.untilAnswered(shard, () -> calls.findLost(shard));
            progress.untilAnswered(shard, () -> {
                identity.ifPresent(is -> identities.compared(shard, was, is, namesLost));
                return true;
            });
        }
        double seconds = Duration.between(begun, clock.instant()).toMillis() / 1000.0;
        return new ShardDrift(clock.instant(), seconds, entities, wrongSeats, repairedSeats);
    }

    private void bring(String shard, Entity entity, List<DriftCalls.Row> drift, Tally tally, Progress progress) {
        // What is extra is only named as lost, if it is a registration.
        for (DriftKind kind : entity == Entity.REGISTRATION
                ? DriftKind.values()
                : new DriftKind[] {DriftKind.DIFFERENT, DriftKind.MISSING}) {
            List<Long> ids = drift.stream()
                    .filter(row -> row.kind() == kind)
                    .map(DriftCalls.Row::id)
                    .toList();
            for (int from = 0; from < ids.size(); from += REPAIRS_AT_ONCE) {
                progress.checkStopped();
                List<Long> some = ids.subList(from, Math.min(from + REPAIRS_AT_ONCE, ids.size()));
                if (kind == DriftKind.DIFFERENT && entity != Entity.REGISTRATION) {
                    forgetVersions(shard, entity, some, progress);
                }
                List<ChangeEvent> events = some.stream()
                        .map(id -> new ChangeEvent(shard, entity, id))
                        .toList();
                Map<String, Long> outcomes = remapper.remap(shard, events, false, progress);
                // Unchanged: the live listener or a registration just brought it.
                tally.repaired(
                        kind,
                        Stream.of("inserted", "updated", "unchanged", "rewound")
                                .mapToLong(outcome -> outcomes.getOrDefault(outcome, 0L))
                                .sum());
            }
        }
    }

    private void forgetVersions(String shard, Entity entity, List<Long> ids, Progress progress) {
        progress.untilAnswered(shard, () -> {
            calls.forgetVersions(shard, entity, array(ids));
            return true;
        });
    }

    private void remove(String shard, Entity entity, Tally tally, Progress progress) {
        List<Long> ids = tally.extra();
        for (int from = 0; from < ids.size(); from += REPAIRS_AT_ONCE) {
            progress.checkStopped();
            List<Long> some = ids.subList(from, Math.min(from + REPAIRS_AT_ONCE, ids.size()));
            tally.repaired(
                    DriftKind.EXTRA,
                    progress.untilAnswered(shard, () -> calls.removeExtra(shard, entity, array(some))));
        }
    }

    private static long[] array(List<Long> ids) {
        return ids.stream().mapToLong(Long::longValue).toArray();
    }
}
