package ghidanh.sync.remap;

import ghidanh.database.DatabaseName;
import ghidanh.database.Fault;
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
    private final BatchRemapper.Step remapper;
    private final int attempts;
    private final BatchShares shares;
    private final Consumer<List<DeadLetter>> deadLetters;
    private final Consumer<long[]> marks;
    private final Outage outage;
    private final EventMeter events;
    private final LagMeter lag;

    /**
     * Puts a listener together.
     *
     * @param remapper transaction (A) for this shard; must be thread-safe
     * @param deadLetters returns when the letters are safe, or throws {@link BrokerUnavailableException}
     * @param marks takes reg_ids for transaction (B) without waiting
     */
    RemapListener(
            String shard,
            ShardCatalogue catalogue,
            BatchRemapper.Step remapper,
            int attempts,
            BatchShares shares,
            Consumer<List<DeadLetter>> deadLetters,
            Consumer<long[]> marks,
            Outage outage,
            EventMeter events,
            LagMeter lag) {
        this.shard = shard;
        this.catalogue = catalogue;
        this.remapper = remapper;
        this.attempts = attempts;
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
            leave(offsets, Fault.of(e).tag(), DatabaseName.MASTER.explain(e));
            return;
        } catch (BrokerUnavailableException e) {
            leave(offsets, "broker", String.valueOf(e.getMessage()));
            return;
        } catch (RuntimeException e) {
            // Not foreseen, so nothing is known about the rows: giving up on them would be a guess.
            LOG.error("Shard {}: a batch of {} events failed unexpectedly", shard, records.size(), e);
            leave(offsets, Fault.BUG.tag(), e.toString());
            return;
        }
        outage.over();
        offsets.acknowledge();
    }

    private void leave(Acknowledgment offsets, String reason, String message) {
        events.retried(reason);
        offsets.nack(0, outage.failed(message));
    }

    private void apply(List<ConsumerRecord<byte[], byte[]>> records, long receivedNanos) throws SQLException {
        PolledEvents polled = PolledEvents.of(shard, catalogue, records);
        BatchRemapper.Step recorded = rows -> {
            Remapped transaction = remapper.remap(rows);
            record(transaction, polled, receivedNanos);
            return transaction;
        };
        BatchRemapper.Result result = shares.remap(new BatchRemapper(recorded, attempts), polled.rows());

        List<DeadLetter> dead = new ArrayList<>(polled.dead());
        result.transactions()
                .forEach(transaction ->
                        transaction.outcomes().forEach((row, outcome) -> addIfDead(dead, polled, row, outcome)));
        result.refused()
                .forEach((row, refusal) -> dead.add(letter(
                        polled,
                        row,
                        Reason.REFUSED,
                        "the master refuses " + text(row) + ": " + refusal.message(),
                        refusal.attempts())));
        deadLetters.accept(dead);
        events.dead(dead);
        events.merged(polled.merged());
    }

    private void record(Remapped transaction, PolledEvents polled, long receivedNanos) {
        events.applied(transaction);
        MasterStamps onMaster = transaction.stamps(receivedNanos);
        transaction.outcomes().forEach((row, outcome) -> {
            ConsumerRecord<byte[], byte[]> event = polled.first(row);
            if (outcome.isNewlyVisible()) {
                TraceParent trace = TraceParent.of(event.headers()).orElse(null);
                ShardStamps.of(event.headers())
                        .ifPresentOrElse(
                                onShard -> lag.visible(shard, onShard, onMaster, trace),
                                () -> lag.visibleUnstamped(shard));
            }
            if (EVENTS.isDebugEnabled()) {
                polled.all(row).forEach(each -> tell(each, row, outcome));
            }
        });
        marks.accept(transaction.visibleRegistrations());
    }

    private static void tell(ConsumerRecord<byte[], byte[]> event, ChangeEvent row, Outcome outcome) {
        try (EventLog fields = EventLog.of(event)) {
            EVENTS.debug("Shard {}: {} is {} on the master", row.shard(), text(row), outcome.tag());
        }
    }

    private void addIfDead(List<DeadLetter> dead, PolledEvents polled, ChangeEvent row, Outcome outcome) {
        if (outcome == Outcome.MISSING) {
            dead.add(letter(polled, row, Reason.MISSING, "the shard has no " + text(row), 1));
        } else if (outcome == Outcome.CONFLICT) {
            String message = "the master has another registration for the student and section of " + text(row);
            dead.add(letter(polled, row, Reason.CONFLICT, message, 1));
        }
    }

    private static DeadLetter letter(
            PolledEvents polled, ChangeEvent row, Reason reason, String message, int attempts) {
        return new DeadLetter(polled.last(row), reason, message, attempts);
    }

    private static String text(ChangeEvent row) {
        return row.entity().outboxName() + " " + row.id();
    }
}
