package ghidanh.sync.drift;

import ghidanh.database.DatabaseName;
import ghidanh.shard.ShardCatalogue;
import ghidanh.sync.job.Job;
import ghidanh.sync.job.JobConflictException;
import ghidanh.sync.job.JobKind;
import ghidanh.sync.job.Jobs;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Starts a check of a shard when none was started for the interval, on whatever instance, and keeps the gauges up to date. */
@Component
class DriftSchedule implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(DriftSchedule.class);
    private static final Duration LOOK = Duration.ofMinutes(1);
    private static final int CHECKS_LOOKED_AT = 200;

    private final DriftChecks checks;
    private final DriftMeter meter;
    private final Jobs jobs;
    private final ShardCatalogue catalogue;
    private final DriftSettings settings;
    private final Clock clock = Clock.systemUTC();
    private volatile @Nullable Thread thread;

    DriftSchedule(DriftChecks checks, DriftMeter meter, Jobs jobs, ShardCatalogue catalogue, DriftSettings settings) {
        this.checks = checks;
        this.meter = meter;
        this.jobs = jobs;
        this.catalogue = catalogue;
        this.settings = settings;
    }

    private void run() {
        long pause = Math.min(LOOK.toMillis(), settings.interval().toMillis());
        try {
            while (thread == Thread.currentThread()) {
                Thread.sleep(pause);
                look();
            }
        } catch (InterruptedException e) {
            LOG.debug("The schedule of drift checks stopped");
        }
    }

    private void look() {
        try {
            checks.latest().forEach((shard, latest) -> meter.checked(shard, latest.drift()));
            List<Job> newest = jobs.newest(JobKind.DRIFT_CHECK, CHECKS_LOOKED_AT);
            catalogue.names().stream().filter(shard -> isDue(shard, newest)).forEach(this::check);
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
            checks.start(new DriftChecks.Order(shard, false, false, "every " + settings.interval(), "schedule"));
        } catch (JobConflictException e) {
            LOG.debug("Shard {} is being checked already, by job {}", shard, e.other());
        }
    }

    @Override
    public void start() {
        if (!settings.interval().isZero()) {
            Thread looking = new Thread(this::run, "drift-schedule");
            looking.setDaemon(true);
            thread = looking;
            looking.start();
        }
    }

    @Override
    public void stop() {
        Thread looking = thread;
        thread = null;
        if (looking != null) {
            looking.interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }
}
