package ghidanh.sync.remap;

import ghidanh.database.Fault;
import ghidanh.sync.deadletter.DeadLetter;
import ghidanh.sync.deadletter.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Counts what became of a shard's events.
 *
 * <p>{@code registration.sync.events} (counter, shard, outcome): every delivered event once. Applied are inserted, updated
 * and unchanged (the master had that state already); merged are events of a row that had another one in the same batch;
 * rewound and lost are of a shard that went back in time; the rest, missing, conflict, unreadable, wrong_shard and refused, are dead letters. A batch that is delivered again, after
 * an outage in its middle or a crash, counts again.<br>
 * {@code registration.sync.retries} (counter, reason): batches left whole for a later attempt. Reasons are those of {@link
 * Fault}, and broker.
 */
class EventMeter {

    private final MeterRegistry meters;
    private final String shard;
    private final Map<String, Counter> counters = new ConcurrentHashMap<>();

    EventMeter(MeterRegistry meters, String shard) {
        this.meters = meters;
        this.shard = shard;
        Stream.of(Outcome.values()).forEach(outcome -> counter(outcome.tag()));
        Stream.of(Reason.values()).forEach(reason -> counter(reason.tag()));
        counter("merged");
    }

    /** Of a row that the master shows now. */
    void applied(Outcome outcome) {
        counter(outcome.tag()).increment();
    }

    void merged(int events) {
        counter("merged").increment(events);
    }

    void dead(List<DeadLetter> letters) {
        letters.forEach(letter -> counter(letter.reason().tag()).increment());
    }

    void retried(String reason) {
        Counter.builder("registration.sync.retries")
                .description("Batches left whole for a later attempt")
                .tag("reason", reason)
                .register(meters)
                .increment();
    }

    private Counter counter(String outcome) {
        return counters.computeIfAbsent(
                outcome,
                tag -> Counter.builder("registration.sync.events")
                        .description("What became of the events")
                        .tag("shard", shard)
                        .tag("outcome", tag)
                        .register(meters));
    }
}
