package ghidanh.sync.diagnosis;

import ghidanh.loop.LoopGroup;
import ghidanh.loop.Loops;
import ghidanh.sync.deadletter.OpenLetters;
import ghidanh.sync.drift.DriftMeter;
import ghidanh.sync.drift.ShardDrift;
import ghidanh.sync.lag.LagMeter;
import ghidanh.sync.lag.LagStep;
import ghidanh.sync.master.MasterSetup;
import ghidanh.sync.observe.Observation;
import ghidanh.sync.observe.Observers;
import ghidanh.sync.remap.ShardSyncs;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** Says, twice for each measurement, what is wrong with each shard, from what others have measured: it asks nobody itself. */
@Component
public class Diagnoses extends LoopGroup {

    private final Observers observers;
    private final ShardSyncs syncs;
    private final MasterSetup setup;
    private final DriftMeter drift;
    private final OpenLetters letters;
    private final LagMeter lag;
    private final Clock clock = Clock.systemUTC();
    private final Map<String, Course> courses = new HashMap<>();
    private final Alerts alerts;
    private final Map<String, Diagnosis> current = new ConcurrentHashMap<>();

    Diagnoses(
            Observers observers,
            ShardSyncs syncs,
            MasterSetup setup,
            DriftMeter drift,
            OpenLetters letters,
            LagMeter lag,
            ApplicationEventPublisher events,
            Loops loops) {
        super(DEFAULT_PHASE);
        this.observers = observers;
        this.syncs = syncs;
        this.setup = setup;
        this.drift = drift;
        this.letters = letters;
        this.lag = lag;
        this.alerts = new Alerts(clock, events::publishEvent);
        add(loops.every(Duration.ZERO, observers.interval().dividedBy(2), "diagnosis", null, this::look));
    }

    /** A shard as the page shows it. */
    public record Sight(
            Observation seen,
            Diagnosis diagnosis,
            OpenLetters.Count letters,
            @Nullable ShardDrift drift,
            List<LagStep> history) {}

    /** In the order of the catalogue. */
    public List<Sight> sights() {
        return observers.observations().stream()
                .map(seen -> new Sight(
                        seen,
                        current.getOrDefault(
                                seen.shard(), diagnosis(new Finding(Kind.UNKNOWN, null, null, null, null), null)),
                        letters.count(seen.shard()),
                        drift.latest(seen.shard()),
                        lag.history(seen.shard())))
                .toList();
    }

    /** What holds, and what has fired within a day. */
    public List<Alert> alerts() {
        return alerts.all();
    }

    private void look() {
        for (Observation seen : observers.observations()) {
            String shard = seen.shard();
            lag.tick(shard, seen.unsynced().oldestSeconds());
            Facts facts = courses.computeIfAbsent(shard, name -> new Course(clock, observers.interval()))
                    .next(seen, lag.rows(shard), letters.count(shard), drift.latest(shard));
            alerts.judge(facts);
            Finding finding = Finding.of(signs(facts));
            current.compute(shard, (name, earlier) -> diagnosis(finding, earlier));
        }
    }

    private Diagnosis diagnosis(Finding finding, @Nullable Diagnosis earlier) {
        Instant since = finding.since() != null
                ? finding.since()
                : earlier != null && earlier.kind() == finding.kind() ? earlier.since() : clock.instant();
        return new Diagnosis(
                finding.kind(), finding.kind().severity(), since, finding.rows(), finding.seconds(), finding.message());
    }

    private Signs signs(Facts facts) {
        String shard = facts.seen().shard();
        return new Signs(
                facts,
                setup.isComplete() ? null : setup.state(),
                syncs.state(shard).orElse(null),
                lag(shard),
                letters.count(shard).letters());
    }

    private @Nullable Double lag(String shard) {
        Instant recent = clock.instant().minus(Duration.ofMinutes(1));
        return lag.history(shard).stream()
                .filter(step -> step.rows() > 0 && step.end().isAfter(recent))
                .reduce((earlier, later) -> later)
                .map(LagStep::p50)
                .orElse(null);
    }
}
