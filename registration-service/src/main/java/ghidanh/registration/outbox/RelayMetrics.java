package ghidanh.registration.outbox;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;

/**
 * The meters of one shard's relay.
 *
 * <p>How they add up: rows written to the outbox = acknowledged {@code publish} + {@code outbox.backlog}, which the
 * sync-consumer measures, but for the few that are sent again after a failure. Alert when {@code outbox.oldest.age} grows,
 * and when the sum of {@code leader} over all instances is not 1 per shard for longer than a minute.
 */
class RelayMetrics {

    private static final String PREFIX = "registration.relay.";

    private final MeterRegistry registry;
    private final Timer pollWithRows;
    private final Timer emptyPoll;
    private final Timer failedPoll;
    private final DistributionSummary batch;
    private final Timer acknowledged;
    private final Timer failed;
    private final Counter leadershipLost;

    RelayMetrics(MeterRegistry registry, RelayState state) {
        this.registry = registry;
        String shard = state.shard();
        Gauge.builder(PREFIX + "leader", state, s -> s.leads() ? 1 : 0)
                .description("1 where this instance relays the shard; the sum over all instances must be 1")
                .tag("shard", shard)
                .register(registry);
        pollWithRows = poll(shard, "rows");
        emptyPoll = poll(shard, "empty");
        failedPoll = poll(shard, "error");
        batch = DistributionSummary.builder(PREFIX + "batch")
                .description("Rows found by one look at the outbox; at ghidanh.relay.batch-size there is a backlog")
                .tag("shard", shard)
                .baseUnit("records")
                .serviceLevelObjectives(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
                .register(registry);
        acknowledged = publish(shard, "acknowledged");
        failed = publish(shard, "failed");
        leadershipLost = Counter.builder(PREFIX + "leadership.lost")
                .description(
                        "Times the relay lost its connection, and so the lock, while it led; a normal stop is none")
                .tag("shard", shard)
                .register(registry);
    }

    private Timer poll(String shard, String outcome) {
        return Timer.builder(PREFIX + "poll")
                .description("One look at the outbox; grows with dead rows that cannot be vacuumed")
                .tag("shard", shard)
                .tag("outcome", outcome)
                .register(registry);
    }

    private Timer publish(String shard, String result) {
        return Timer.builder(PREFIX + "publish")
                .description("From handing an event to the producer until Kafka's acknowledgement; counts events")
                .tag("shard", shard)
                .tag("result", result)
                .register(registry);
    }

    void polled(int rows, long nanos) {
        if (rows == 0) {
            emptyPoll.record(nanos, TimeUnit.NANOSECONDS);
        } else {
            pollWithRows.record(nanos, TimeUnit.NANOSECONDS);
            batch.record(rows);
        }
    }

    void pollFailed(long nanos) {
        failedPoll.record(nanos, TimeUnit.NANOSECONDS);
    }

    void acknowledged(long nanos) {
        acknowledged.record(nanos, TimeUnit.NANOSECONDS);
    }

    void failed(long nanos) {
        failed.record(nanos, TimeUnit.NANOSECONDS);
    }

    void leadershipLost() {
        leadershipLost.increment();
    }

    /** Shows the producer's own metrics until the result is closed. */
    KafkaClientMetrics bind(Producer<?, ?> producer) {
        KafkaClientMetrics metrics = new KafkaClientMetrics(producer);
        metrics.bindTo(registry);
        return metrics;
    }

    static void exactCommits(MeterRegistry registry, Collection<RelayState> states) {
        Gauge.builder(PREFIX + "exact.commits", List.copyOf(states), RelayMetrics::allExact)
                .strongReference(true)
                .description("1 where every shard keeps commit times (track_commit_timestamp); at 0 the lag of some"
                        + " shard starts at the insert, before the commit")
                .register(registry);
    }

    private static double allExact(List<RelayState> states) {
        return states.stream().allMatch(RelayState::exactCommits) ? 1 : 0;
    }
}
