package ghidanh.sync.observe;

import ghidanh.shard.ShardCatalogue;
import ghidanh.sync.lag.ShardClocks;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.springframework.stereotype.Component;

/**
 * The clocks of all databases, as last measured against this machine's.
 *
 * <p>{@code registration.clock.offset} (s, node) and {@code registration.clock.uncertainty} (s, node): NaN while a database
 * does not answer. The lag goes on with the last known offset meanwhile: clocks drift by microseconds a second, and nothing
 * arrives from a shard that does not answer.
 */
@Component
class MeasuredClocks implements ShardClocks {

    static final String MASTER = "master";

    private static final ClockOffset UNKNOWN = new ClockOffset(Double.NaN, Double.NaN);

    private final Map<String, ClockOffset> shown = new ConcurrentHashMap<>();
    private final Map<String, ClockOffset> known = new ConcurrentHashMap<>();

    MeasuredClocks(ShardCatalogue catalogue, MeterRegistry meters) {
        register(MASTER, meters);
        catalogue.names().forEach(shard -> register(shard, meters));
    }

    private void register(String node, MeterRegistry meters) {
        gauge("registration.clock.offset", node, ClockOffset::aheadMicros)
                .description("What the database's clock is ahead of this instance's; NaN while it cannot be read")
                .register(meters);
        gauge("registration.clock.uncertainty", node, ClockOffset::uncertaintyMicros)
                .description("Half the round trip of the clock's reading; the offset is wrong by this at most")
                .register(meters);
    }

    private TimeGauge.Builder<Map<String, ClockOffset>> gauge(
            String name, String node, ToDoubleFunction<ClockOffset> value) {
        return TimeGauge.builder(
                        name,
                        shown,
                        TimeUnit.MICROSECONDS,
                        offsets -> value.applyAsDouble(offsets.getOrDefault(node, UNKNOWN)))
                .strongReference(true)
                .tag("node", node);
    }

    void measured(String node, ClockOffset offset) {
        known.put(node, offset);
        shown.put(node, offset);
    }

    void failed(String node) {
        shown.remove(node);
    }

    /** Seconds that a database's clock differs from this instance's; NaN while it cannot be read. */
    double off(String node) {
        return Math.abs(shown.getOrDefault(node, UNKNOWN).aheadMicros()) / 1e6;
    }

    /** Seconds that a database's clock is ahead of the other one's; NaN while one of them cannot be read. */
    double ahead(String node, String other) {
        return (shown.getOrDefault(node, UNKNOWN).aheadMicros()
                        - shown.getOrDefault(other, UNKNOWN).aheadMicros())
                / 1e6;
    }

    @Override
    public long masterAheadMicros(String shard) {
        ClockOffset master = known.get(MASTER);
        ClockOffset there = known.get(shard);
        // Taken as equal until both were measured; what differs is clamped and counted.
        return master == null || there == null ? 0 : Math.round(master.aheadMicros() - there.aheadMicros());
    }
}
