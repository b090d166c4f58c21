package ghidanh.sync.drift;

import ghidanh.database.DatabaseName;
import ghidanh.loop.LoopGroup;
import ghidanh.loop.Loops;
import ghidanh.shard.ShardCatalogue;
import ghidanh.sync.job.Job;
import ghidanh.sync.job.JobConflictException;
import ghidanh.sync.job.JobKind;
import ghidanh.sync.job.Jobs;
import ghidanh.sync.observe.Observers;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Starts a check of a shard when none was started for the interval, on whatever instance, and keeps the gauges up to date. */
@Component
class DriftSchedule extends LoopGroup {

    private static final Logger LOG = LoggerFactory.getLogger(DriftSchedule.class);
    private static final Duration LOOK = Duration.ofMinutes(1);
    private static final int CHECKS_LOOKED_AT = 200;

    private final DriftChecks checks;
    private final DriftMeter meter;
    private final Jobs jobs;
    private final ShardCatalogue catalogue;
    private final Observers observers;
    private final DriftSettings settings;
    private final Clock clock = Clock.systemUTC();

    DriftSchedule(
            DriftChecks checks,
            DriftMeter meter,
            Jobs jobs,
            ShardCatalogue catalogue,
            Observers observers,
            DriftSettings settings,
            Loops loops) {
        super(DEFAULT_PHASE);
        this.checks = checks;
        this.meter = meter;
        this.jobs = jobs;
        this.catalogue = catalogue;
        this.observers = observers;
        this.settings = settings;
        Duration pause = settings.interval().compareTo(LOOK) < 0 ? settings.interval() : LOOK;
        if (!pause.isZero()) {
            add(loops.every(pause, pause, "drift-schedule", null, this::look));
        }
    }

    private void look() {
        try {
            checks.latest().forEach((shard, latest) -> meter.checked(shard, latest.drift()));
            List<Job> newest = jobs.newest(JobKind.DRIFT_CHECK, CHECKS_LOOKED_AT);
            catalogue.names().stream()
                    .filter(shard -> isDue(shard, newest))
                    .filter(shard -> !(observers.waitingEvents(shard) > DriftChecks.FEW_EVENTS))
                    .forEach(this::check);
        } catch (DataAccessException | TransactionException e) {
            LOG.debug("No drift check now: {}", DatabaseName.MASTER.explain(e));
        }
    }

    private boolean isDue(String shard, List<Job> newest) {
        return newest.stream()
                .filter(job -> job.shard() == null || job.shard().equals(shard))
                .noneMatch(job ->
                        Duration.between(job.startedAt(), clock.instant()).compareTo(settings.interval()) < 0);
    }

    private void check(String shard) {
        try {
            checks.start(new DriftChecks.Order(
                    shard, settings.repair(), false, null, "every " + settings.interval(), "schedule"));
        } catch (JobConflictException e) {
            LOG.debug("Shard {} is being checked already, by job {}", shard, e.other());
        }
    }
}
