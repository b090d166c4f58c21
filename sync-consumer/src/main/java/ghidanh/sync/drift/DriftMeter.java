package ghidanh.sync.drift;

import ghidanh.shard.ShardCatalogue;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * {@code registration.reconcile.mismatch} (gauge, rows; shard, kind): rows of which shard and master differ as of the last
 * complete check, rows in flight and rows it repaired not counted. Anything above zero for two checks needs a person.<br>
 * {@code registration.reconcile.success.timestamp} (gauge, seconds since 1970; shard): when that check ended. Old: nobody
 * knows whether the copies agree. Both are not a number before the first check.
 */
@Component
public class DriftMeter {

    private final Map<String, ShardDrift> latest = new ConcurrentHashMap<>();

    DriftMeter(MeterRegistry meters, ShardCatalogue catalogue) {
        for (String shard : catalogue.names()) {
            for (DriftKind kind : DriftKind.values()) {
                Gauge.builder("registration.reconcile.mismatch", () -> value(shard, drift -> drift.left(kind)))
                        .description("Rows that differ between shard and master as of the last check")
                        .baseUnit("rows")
                        .tag("shard", shard)
                        .tag("kind", kind.tag())
                        .register(meters);
            }
            Gauge.builder(
                            "registration.reconcile.success.timestamp",
                            () -> latest.containsKey(shard)
                                    ? value(shard, drift -> drift.checkedAt().toEpochMilli() / 1000.0)
                                    : 0)
                    .description("When shard and master were last compared completely; 0 before the first time")
                    .baseUnit("seconds")
                    .tag("shard", shard)
                    .register(meters);
        }
    }

    private double value(String shard, ToDoubleFunction<ShardDrift> of) {
        ShardDrift drift = latest.get(shard);
        return drift == null ? Double.NaN : of.applyAsDouble(drift);
    }

    /** The last complete check that this instance knows of; null before. */
    public @Nullable ShardDrift latest(String shard) {
        return latest.get(shard);
    }

    /** An older check, told late, changes nothing. */
    void checked(String shard, ShardDrift drift) {
        latest.merge(shard, drift, (a, b) -> a.checkedAt().isAfter(b.checkedAt()) ? a : b);
    }
}
