package ghidanh.sync.remap;

import ghidanh.database.DatabaseName;
import ghidanh.database.Fault;
import ghidanh.database.Obstacle;
import ghidanh.event.ChangeEvent;
import ghidanh.event.EventLog;
import ghidanh.event.TraceParent;
import ghidanh.metrics.LogFields;
import ghidanh.shard.ShardCatalogue;
import ghidanh.sync.deadletter.BrokerUnavailableException;
import ghidanh.sync.deadletter.DeadLetter;
import ghidanh.sync.deadletter.Reason;
import ghidanh.sync.lag.LagMeter;
import ghidanh.sync.lag.MasterStamps;
import ghidanh.sync.lag.ShardStamps;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.kafka.listener.BatchAcknowledgingMessageListener;
import org.springframework.kafka.support.Acknowledgment;

/**
 * Applies the batches of one shard's topic: remap and commit on the master, then the dead letters, then the offset, while
 * the marks follow on a thread of their own. A batch that cannot be finished now is left whole and comes again after a
 * pause, for as long as the outage lasts.
 */
class RemapListener implements BatchAcknowledgingMessageListener<byte[], byte[]> {

    private static final Logger LOG = LoggerFactory.getLogger(RemapListener.class);

    /** A line for every event, at debug: a logger of its own, to be switched on alone. */
    private static final Logger EVENTS = LoggerFactory.getLogger("ghidanh.sync.event");

    private final String shard;
    private final ShardCatalogue catalogue;
    private final BatchRemapper remapper;
    private final BatchShares shares;
    private final Consumer<List<DeadLetter>> deadLetters;
    private final Consumer<long[]> marks;
    private final Outage outage;
    private final EventMeter events;
    private final LagMeter lag;

    /**
     * Puts a listener together.
     *
     * @param deadLetters returns when the letters are safe, or throws {@link BrokerUnavailableException}
     * @param marks takes reg_ids for transaction (B) without waiting
     */
    RemapListener(
            String shard,
            ShardCatalogue catalogue,
            BatchRemapper remapper,
            BatchShares shares,
            Consumer<List<DeadLetter>> deadLetters,
            Consumer<long[]> marks,
            Outage outage,
            EventMeter events,
            LagMeter lag) {
        this.shard = shard;
        this.catalogue = catalogue;
        this.remapper = remapper;
        this.shares = shares;
        this.deadLetters = deadLetters;
        this.marks = marks;
        this.outage = outage;
        this.events = events;
        this.lag = lag;
    }

    @Override
    public void onMessage(List<ConsumerRecord<byte[], byte[]>> records, @Nullable Acknowledgment acknowledgment) {
        long receivedNanos = System.nanoTime();
        MDC.put(LogFields.SHARD, shard);
        Acknowledgment offsets = Objects.requireNonNull(acknowledgment);
        try {
            apply(records, receivedNanos);
        } catch (SQLException e) {
            String alone = records.size() == 1 ? name(records.get(0)) + ": " : "";
            leave(offsets, Fault.of(e).tag(), Obstacle.of(e), alone + DatabaseName.MASTER.explain(e));
            return;
        } catch (BrokerUnavailableException e) {
            leave(offsets, "broker", Obstacle.OTHER, String.valueOf(e.getMessage()));
            return;
        } catch (RuntimeException e) {
            // Not foreseen, so nothing is known about the rows: giving up on them would be a guess.
            LOG.error("Shard {}: a batch of {} events failed unexpectedly", shard, records.size(), e);
            leave(offsets, Fault.BUG.tag(), Obstacle.OTHER, e.toString());
            return;
        }
        outage.over();
        offsets.acknowledge();
    }

    private void leave(Acknowledgment offsets, String reason, Obstacle obstacle, String message) {
        events.retried(reason);
        offsets.nack(0, outage.failed(obstacle, message));
    }

    private void apply(List<ConsumerRecord<byte[], byte[]>> records, long receivedNanos) throws SQLException {
        PolledEvents polled = PolledEvents.of(shard, catalogue, records);
        List<DeadLetter> dead = new ArrayList<>(polled.dead());
        dead.addAll(shares.apply(polled.rows(), share -> remap(share, polled, receivedNanos)));
        deadLetters.accept(dead);
        events.dead(dead);
        events.merged(polled.merged());
    }

    /** Remaps a share of the poll and returns what of it is to be given up. */
    private List<DeadLetter> remap(List<ChangeEvent> share, PolledEvents polled, long receivedNanos)
            throws SQLException {
        List<DeadLetter> dead = new ArrayList<>();
        // Each transaction is told of at once: if a later one fails, the batch comes again and finds its rows
        // unchanged.
        remapper.remap(share, transaction -> committed(transaction, polled, receivedNanos, dead))
                .forEach((row, refusal) -> dead.add(new DeadLetter(
                        polled.last(row),
                        Reason.REFUSED,
                        "the master refuses " + text(row) + ": " + refusal.message(),
                        refusal.attempts())));
        return dead;
    }

    private void committed(Remapped transaction, PolledEvents polled, long receivedNanos, List<DeadLetter> dead) {
        MasterStamps onMaster = transaction.stamps(receivedNanos);
        transaction.outcomes().forEach((row, outcome) -> {
            if (outcome.isVisible() || outcome == Outcome.LOST) {
                events.applied(outcome);
            } else {
                dead.add(unavailable(row, outcome, polled));
            }
            if (outcome.isNewlyVisible()) {
                measure(polled.first(row), onMaster);
            }
            if (EVENTS.isDebugEnabled()) {
                polled.all(row).forEach(event -> tell(event, row, outcome));
            }
        });
        marks.accept(transaction.visibleRegistrations());
    }

    private static DeadLetter unavailable(ChangeEvent row, Outcome outcome, PolledEvents polled) {
        return outcome == Outcome.MISSING
                ? new DeadLetter(polled.last(row), Reason.MISSING, "the shard has no " + text(row), 1)
                : new DeadLetter(
                        polled.last(row),
                        Reason.CONFLICT,
                        "the master has another registration for the student and section of " + text(row),
                        1);
    }

    private void measure(ConsumerRecord<byte[], byte[]> event, MasterStamps onMaster) {
        TraceParent trace = TraceParent.of(event.headers()).orElse(null);
        ShardStamps.of(event.headers())
                .ifPresentOrElse(
                        onShard -> lag.visible(shard, onShard, onMaster, trace), () -> lag.visibleUnstamped(shard));
    }

    private static void tell(ConsumerRecord<byte[], byte[]> event, ChangeEvent row, Outcome outcome) {
        try (EventLog fields = EventLog.of(event)) {
            EVENTS.debug("Shard {}: {} is {} on the master", row.shard(), text(row), outcome.tag());
        }
    }

    private static String name(ConsumerRecord<byte[], byte[]> event) {
        return event.key() == null ? "an event without a key" : new String(event.key(), StandardCharsets.UTF_8);
    }

    private static String text(ChangeEvent row) {
        return row.entity().outboxName() + " " + row.id();
    }
}
