package ghidanh.sync.remap;

import ghidanh.event.ChangeEvent;
import ghidanh.event.EventJson;
import ghidanh.event.UnreadableEventException;
import ghidanh.shard.ShardCatalogue;
import ghidanh.sync.deadletter.DeadLetter;
import ghidanh.sync.deadletter.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The events of one poll of a shard's topic: each row once, and aside what is no event of this shard. */
public final class PolledEvents {

    private final Map<ChangeEvent, List<ConsumerRecord<byte[], byte[]>>> rows = new LinkedHashMap<>();
    private final List<DeadLetter> dead = new ArrayList<>();
    private int merged;

    private PolledEvents() {}

    /** @param shard whose topic was polled */
    public static PolledEvents of(
            String shard, ShardCatalogue catalogue, List<ConsumerRecord<byte[], byte[]>> records) {
        PolledEvents events = new PolledEvents();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            events.add(shard, catalogue, record);
        }
        return events;
    }

    /** In the order in which they first occurred. */
    public List<ChangeEvent> rows() {
        return List.copyOf(rows.keySet());
    }

    /** The event of a row that has waited longest; its lag counts. */
    ConsumerRecord<byte[], byte[]> first(ChangeEvent row) {
        return all(row).get(0);
    }

    /** The latest event of a row; a dead letter keeps this one. */
    ConsumerRecord<byte[], byte[]> last(ChangeEvent row) {
        List<ConsumerRecord<byte[], byte[]>> all = all(row);
        return all.get(all.size() - 1);
    }

    /** All events of a row, oldest first. */
    List<ConsumerRecord<byte[], byte[]>> all(ChangeEvent row) {
        return Objects.requireNonNull(rows.get(row), () -> row + " is not in this poll");
    }

    /** What is no event of this shard. */
    public List<DeadLetter> dead() {
        return dead;
    }

    /** Events of a row that has another event in this poll. */
    public int merged() {
        return merged;
    }

    private void add(String shard, ShardCatalogue catalogue, ConsumerRecord<byte[], byte[]> record) {
        ChangeEvent event;
        try {
            event = EventJson.read(record.value());
        } catch (UnreadableEventException e) {
            dead.add(new DeadLetter(record, Reason.UNREADABLE, String.valueOf(e.getMessage()), 1));
            return;
        }
        if (!event.shard().equals(shard)) {
            String whose = catalogue.find(event.shard()).isPresent() ? "" : ", which is not in the catalogue";
            String message = "an event of shard " + event.shard() + whose + ", in the topic of shard " + shard;
            dead.add(new DeadLetter(record, Reason.WRONG_SHARD, message, 1));
        } else {
            List<ConsumerRecord<byte[], byte[]>> all = rows.computeIfAbsent(event, row -> new ArrayList<>(1));
            all.add(record);
            if (all.size() > 1) {
                merged++;
            }
        }
    }
}
