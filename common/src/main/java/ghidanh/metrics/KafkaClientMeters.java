package ghidanh.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import java.util.Set;

/**
 * Keeps what tells of trouble from the 162 meters of Kafka's own clients; all of them would be more than a third of all
 * series.
 */
class KafkaClientMeters implements MeterFilter {

    private static final Set<String> KEPT = Set.of(
            "kafka.consumer.fetch.manager.records.lag",
            "kafka.consumer.fetch.manager.records.consumed.total",
            "kafka.consumer.fetch.manager.fetch.latency.avg",
            "kafka.consumer.last.poll.seconds.ago",
            "kafka.consumer.coordinator.last.heartbeat.seconds.ago",
            "kafka.consumer.coordinator.rebalance.total",
            "kafka.consumer.coordinator.failed.rebalance.total",
            "kafka.consumer.coordinator.commit.latency.avg",
            "kafka.consumer.coordinator.assigned.partitions",
            "kafka.producer.record.error.total",
            "kafka.producer.record.retry.total",
            "kafka.producer.record.queue.time.avg",
            "kafka.producer.request.latency.avg",
            "kafka.producer.requests.in.flight");

    @Override
    public MeterFilterReply accept(Meter.Id id) {
        return id.getName().startsWith("kafka.") && !KEPT.contains(id.getName())
                ? MeterFilterReply.DENY
                : MeterFilterReply.NEUTRAL;
    }
}
