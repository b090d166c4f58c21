package ghidanh.sync.replay;

import ghidanh.event.ChangeEvent;
import ghidanh.event.Entity;
import ghidanh.event.EventJson;
import ghidanh.event.UnreadableEventException;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The events of one poll: each row once, and the rest counted. What the live listener made dead letters of is only told. */
final class ReadEvents {

    private final String shard;
    private final Set<ChangeEvent> rows = new LinkedHashSet<>();
    private final Map<String, Long> counts = new TreeMap<>();
    private int events;

    ReadEvents(String shard) {
        this.shard = shard;
    }

    void add(byte[] value) {
        events++;
        count("events");
        try {
            ChangeEvent event = EventJson.read(value);
            boolean possible = event.entity() == Entity.REGISTRATION || event.id() == (int) event.id();
            if (!possible || !event.shard().equals(shard)) {
                count("unreadable");
            } else if (!rows.add(event)) {
                count("merged");
            }
        } catch (UnreadableEventException e) {
            count("unreadable");
        }
    }

    private void count(String outcome) {
        counts.merge(outcome, 1L, Long::sum);
    }

    int events() {
        return events;
    }

    Set<ChangeEvent> rows() {
        return rows;
    }

    Map<String, Long> counts() {
        return counts;
    }
}
