package ghidanh.registration.outbox;

import ghidanh.database.Connections;
import ghidanh.database.DatabaseName;
import ghidanh.database.Fault;
import ghidanh.loop.Loop;
import ghidanh.registration.outbox.RelayState.Role;
import ghidanh.registration.write.Doorbell;
import ghidanh.shard.Shard;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one shard's relay: connect, wait for the lock, relay until the connection or the process ends, start over.
 * No failure of shard or Kafka ends it. Has a thread of its own, so that a shard that hangs holds up no other.
 */
class RelayLoop implements Loop.Work {

    private static final Logger log = LoggerFactory.getLogger(RelayLoop.class);

    // A healthy shard answers within milliseconds; what takes longer waits for a row lock or walks over millions of
    // dead rows. Such a walk would be given up for ever, so after a statement that took too long the next may take
    // twice that.
    private static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration MAX_STATEMENT_TIMEOUT = Duration.ofMinutes(3);

    private final Connections connections;
    private final Shard shard;
    private final RelaySettings settings;
    private final EventPublisher publisher;
    private final Doorbell doorbell;
    private final RelayMetrics metrics;
    private final RelayState state;
    private final Backoff shardBackoff;
    private final Backoff batchBackoff;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile @Nullable RelaySession session;
    private Duration statementTimeout = STATEMENT_TIMEOUT;
    private Duration poll;

    RelayLoop(
            Connections connections,
            Shard shard,
            RelaySettings settings,
            EventPublisher publisher,
            Doorbell doorbell,
            RelayMetrics metrics,
            RelayState state) {
        this.connections = connections;
        this.shard = shard;
        this.settings = settings;
        this.publisher = publisher;
        this.doorbell = doorbell;
        this.metrics = metrics;
        this.state = state;
        this.shardBackoff = new Backoff(settings.firstRetry(), settings.maxRetry());
        this.batchBackoff = new Backoff(settings.firstRetry(), settings.maxRetry());
        this.poll = settings.pollInterval();
    }

    @Override
    public void run() throws InterruptedException {
        try {
            while (!stopping()) {
                liveThroughOneSession();
            }
        } catch (InterruptedException e) {
            log.warn("Shard {}: the relay was cut off; its batch will be sent again", shard.name());
            throw e;
        }
    }

    private void liveThroughOneSession() throws InterruptedException {
        try (RelaySession opened = RelaySession.open(connections, shard, settings, statementTimeout)) {
            session = opened;
            state.connected(opened.exactCommits());
            if (waitForLock(opened)) {
                lead(opened);
            }
        } catch (RuntimeException e) {
            if (!stopping()) {
                troubled(reason(e));
                if (Fault.of(e) == Fault.BUSY && statementTimeout.compareTo(MAX_STATEMENT_TIMEOUT) < 0) {
                    statementTimeout = statementTimeout.multipliedBy(2);
                }
            }
        } finally {
            session = null;
            state.become(Role.AWAY);
            // The next relay sends again what is still on its way.
            publisher.close();
        }
        // After the session is closed: another instance may do better meanwhile.
        if (!stopping()) {
            stopped.await(shardBackoff.next().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private boolean waitForLock(RelaySession opened) throws InterruptedException {
        while (!stopping()) {
            if (opened.tryLead()) {
                return true;
            }
            state.become(Role.FOLLOWING);
            fine();
            shardBackoff.reset();
            stopped.await(settings.electionInterval().toNanos(), TimeUnit.NANOSECONDS);
        }
        return false;
    }

    private void lead(RelaySession opened) throws InterruptedException {
        log.info("Shard {}: relaying{}", shard.name(), opened.exactCommits() ? "" : " without commit times");
        state.become(Role.LEADING);
        OutboxRelay relay = new OutboxRelay(opened, publisher, settings, metrics, state);
        try {
            while (!stopping()) {
                relayAndWait(opened, relay);
            }
            log.info("Shard {}: relaying ended", shard.name());
        } catch (RuntimeException e) {
            if (!stopping()) {
                metrics.leadershipLost();
                log.warn("Shard {}: leadership lost: {}", shard.name(), reason(e));
            }
            throw e;
        }
    }

    private void relayAndWait(RelaySession opened, OutboxRelay relay) throws InterruptedException {
        try {
            int rows = relay.relayBatch();
            fine();
            shardBackoff.reset();
            batchBackoff.reset();
            statementTimeout = STATEMENT_TIMEOUT;
            if (rows < settings.batchSize()) {
                waitForRows(rows > 0);
            }
        } catch (PublishFailedException | OutboxMissingException e) {
            troubled(String.valueOf(e.getMessage()));
            pauseAlive(opened);
        }
    }

    private void waitForRows(boolean foundSome) throws InterruptedException {
        Duration doubled = poll.multipliedBy(2);
        if (foundSome) {
            poll = settings.busyPollInterval();
        } else {
            poll = doubled.compareTo(settings.pollInterval()) < 0 ? doubled : settings.pollInterval();
        }
        doorbell.await(shard.name(), poll);
    }

    private void pauseAlive(RelaySession opened) throws InterruptedException {
        Duration left = batchBackoff.next();
        Duration touch = settings.touchInterval();
        while (left.compareTo(touch) > 0) {
            if (stopped.await(touch.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
            opened.touch();
            left = left.minus(touch);
        }
        stopped.await(left.toNanos(), TimeUnit.NANOSECONDS);
        opened.touch();
    }

    private String reason(RuntimeException e) {
        return DatabaseName.ofShard(shard.name()).explain(e);
    }

    private void troubled(String trouble) {
        if (state.trouble(trouble)) {
            log.warn("Shard {}: rows stay in the outbox: {}", shard.name(), trouble);
        }
    }

    private void fine() {
        Instant since = state.fine();
        if (since != null) {
            log.info("Shard {}: all is well again, after trouble since {}", shard.name(), since);
        }
    }

    private boolean stopping() {
        return stopped.getCount() == 0;
    }

    /** After the batch in hand. */
    @Override
    public void end(Runnable interrupt) {
        stopped.countDown();
        doorbell.ring(shard.name());
    }

    /** Cuts off whatever the relay waits for at its shard. */
    @Override
    public void abort() {
        RelaySession open = session;
        if (open != null) {
            open.abort();
        }
    }
}
