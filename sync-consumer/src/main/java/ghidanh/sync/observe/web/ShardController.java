package ghidanh.sync.observe.web;

import ghidanh.event.Topics;
import ghidanh.shard.ShardCatalogue;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ShardController {

    private final ShardCatalogue catalogue;
    private final MeterRegistry meters;

    ShardController(ShardCatalogue catalogue, MeterRegistry meters) {
        this.catalogue = catalogue;
        this.meters = meters;
    }

    /**
     * A shard as the gauges show it, which are seconds old; null where it cannot be known now.
     *
     * @param oldestUnsyncedSeconds age of the oldest registration that the master lacks
     * @param unsyncedRows registrations that the master lacks
     * @param waitingEvents events in Kafka that no consumer has taken
     */
    record ShardView(
            String name,
            String label,
            @Nullable Double oldestUnsyncedSeconds,
            @Nullable Double unsyncedRows,
            @Nullable Double waitingEvents) {}

    /** All shards. */
    record ShardList(List<ShardView> shards) {}

    @GetMapping("/api/shards")
    ShardList shards() {
        return new ShardList(catalogue.all().stream()
                .map(shard -> new ShardView(
                        shard.name(),
                        shard.label(),
                        sum("registration.sync.oldest.unsynced.age", "shard", shard.name()),
                        sum("registration.sync.unsynced", "shard", shard.name()),
                        sum("registration.consumer.group.lag", "topic", Topics.events(shard.name()))))
                .toList());
    }

    private @Nullable Double sum(String name, String tag, String value) {
        Collection<Gauge> gauges = meters.find(name).tag(tag, value).gauges();
        double sum = gauges.stream().mapToDouble(Gauge::value).sum();
        return gauges.isEmpty() || Double.isNaN(sum) ? null : sum;
    }
}
