package ghidanh.sync.drift;

import ghidanh.database.DatabaseName;
import ghidanh.loop.LoopGroup;
import ghidanh.loop.Loops;
import ghidanh.sync.drift.Identities.Identity;
import ghidanh.sync.job.JobConflictException;
import ghidanh.sync.master.ShardAttached;
import ghidanh.sync.observe.Observers;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Starts a repairing check of a shard once it, or the master, may have gone back in time: a standby that was promoted, a
 * backup that was restored, a server that was started, a database made anew, rows that the one has of the other and the other has
 * not. Started before the master's setup, which tells of shards.
 *
 * <p>{@code registration.sync.lost} (rows, shard): registrations named as lost and not found again; NaN while the master cannot
 * be asked.
 */
@Component
class IdentityWatch extends LoopGroup {

    private static final Logger LOG = LoggerFactory.getLogger(IdentityWatch.class);

    /** Between two checks for one reason, where the first could not end it; and until a broker that does not answer is given up. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final Identity NEVER = new Identity("never", "");

    private final Identities identities;
    private final DriftChecks checks;
    private final LostRegistrations lost;
    private final Observers observers;
    private final DriftSettings settings;
    private final Loops loops;
    private final MeterRegistry meters;
    private final Clock clock = Clock.systemUTC();

    IdentityWatch(
            Identities identities,
            DriftChecks checks,
            LostRegistrations lost,
            Observers observers,
            DriftSettings settings,
            Loops loops,
            MeterRegistry meters) {
        super(DEFAULT_PHASE - 1);
        this.identities = identities;
        this.checks = checks;
        this.lost = lost;
        this.observers = observers;
        this.settings = settings;
        this.loops = loops;
        this.meters = meters;
    }

    @EventListener
    void on(ShardAttached attached) {
        String shard = attached.shard();
        var watch = new Watch(shard);
        add(loops.every(settings.watch(), settings.watch(), "identity-watch", shard, watch::look));
    }

    /** Of one shard. */
    private final class Watch {

        private final String shard;
        private final Instant begun = clock.instant();
        private Instant started = Instant.EPOCH;
        private Identity startedFor = new Identity("", "");
        private volatile double lostRows = Double.NaN;

        Watch(String shard) {
            this.shard = shard;
            Gauge.builder("registration.sync.lost", this, watch -> watch.lostRows)
                    .description("Registrations that the shard lost and the master remembers")
                    .baseUnit("rows")
                    .tag("shard", shard)
                    .register(meters);
        }

        void look() {
            try {
                lostRows = lost.count(shard);
                Identity is = identities.current(shard);
                // Never compared: the master is new, and was perhaps put in place of one that had more.
                Identity was = identities.compared(shard).orElse(NEVER);
                if (!was.equals(is)) {
                    check(was, is);
                } else {
                    identities.look(shard);
                }
            } catch (DataAccessException | TransactionException e) {
                lostRows = Double.NaN;
                LOG.debug("Shard {}: no look at who it is now: {}", shard, DatabaseName.MASTER.explain(e));
            }
        }

        private void check(Identity was, Identity is) {
            double waiting = observers.waitingEvents(shard);
            if (was.equals(NEVER)
                    && (waiting > DriftChecks.FEW_EVENTS
                            || (Double.isNaN(waiting) && clock.instant().isBefore(begun.plus(PATIENCE))))) {
                return; // events bring a new master's rows; the check is for what they leave
            }
            if (startedFor.equals(was) && started.plus(PATIENCE).isAfter(clock.instant())) {
                return;
            }
            try {
                String reason = was.place().equals(is.place())
                        ? "A server was started since they were last compared, perhaps with an older copy of its disk"
                        : "Shard and master are not what they were when last compared: " + was.place() + ". Now: "
                                + is.place();
                checks.start(new DriftChecks.Order(shard, true, false, null, reason, "identity watch"));
                LOG.info("Shard {}: {}", shard, reason);
                started = clock.instant();
                startedFor = was;
            } catch (JobConflictException e) {
                LOG.debug("Shard {} is being checked already, by job {}", shard, e.other());
            }
        }
    }
}
