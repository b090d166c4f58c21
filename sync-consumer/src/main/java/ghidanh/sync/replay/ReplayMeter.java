package ghidanh.sync.replay;

import ghidanh.shard.ShardCatalogue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.stereotype.Component;

/**
 * {@code registration.replay.active} (gauge, shard): replays and resyncs at work on the shard on this instance.<br>
 * {@code registration.replay.events} (counter, shard): events and rows they have gone through.
 */
@Component
class ReplayMeter {

    private final Map<String, AtomicInteger> active = new TreeMap<>();
    private final Map<String, Counter> events = new TreeMap<>();

    ReplayMeter(MeterRegistry meters, ShardCatalogue catalogue) {
        for (String shard : catalogue.names()) {
            AtomicInteger jobs = new AtomicInteger();
            active.put(shard, jobs);
            Gauge.builder("registration.replay.active", jobs, AtomicInteger::get)
                    .description("Replays and resyncs at work on the shard")
                    .tag("shard", shard)
                    .register(meters);
            events.put(
                    shard,
                    Counter.builder("registration.replay.events")
                            .description("Events and rows that replays and resyncs have gone through")
                            .tag("shard", shard)
                            .register(meters));
        }
    }

    void begin(String shard) {
        Objects.requireNonNull(active.get(shard)).incrementAndGet();
    }

    void end(String shard) {
        Objects.requireNonNull(active.get(shard)).decrementAndGet();
    }

    void gone(String shard, int rows) {
        Objects.requireNonNull(events.get(shard)).increment(rows);
    }
}
