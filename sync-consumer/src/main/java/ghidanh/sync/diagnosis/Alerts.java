package ghidanh.sync.diagnosis;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The alerts of this instance, for who has no Prometheus: what holds now, and what has fired within a day. Thread-safe. */
class Alerts {

    private static final Duration REMEMBERED = Duration.ofDays(1);

    /** Alerts that come and go the whole day. */
    private static final int MOST_REMEMBERED = 500;

    private final Clock clock;
    private final Consumer<Alert> told;
    private final Map<String, Map<Rule, Alert>> holding = new TreeMap<>();
    private final Deque<Alert> over = new ArrayDeque<>();

    /** @param told hears of each alert that begins to fire or is resolved; must not wait */
    Alerts(Clock clock, Consumer<Alert> told) {
        this.clock = clock;
        this.told = told;
    }

    synchronized void judge(Facts facts) {
        Instant now = clock.instant();
        String shard = facts.seen().shard();
        Map<Rule, Alert> ofShard = holding.computeIfAbsent(shard, name -> new EnumMap<>(Rule.class));
        for (Rule rule : Rule.values()) {
            Alert before = ofShard.get(rule);
            if (!rule.holds(facts)) {
                if (ofShard.remove(rule) != null && before != null && before.firing() != null) {
                    resolve(before.resolved(now));
                }
                continue;
            }
            Alert alert = before == null ? Alert.pending(rule, shard, now) : before;
            boolean fires =
                    alert.firing() == null && !now.isBefore(alert.since().plus(rule.hold()));
            ofShard.put(rule, fires ? alert.fires(now) : alert);
            if (fires) {
                told.accept(alert.fires(now));
            }
        }
        forget(now);
    }

    private void resolve(Alert alert) {
        over.addFirst(alert);
        told.accept(alert);
    }

    private void forget(Instant now) {
        while (!over.isEmpty()
                && (over.size() > MOST_REMEMBERED
                        || now.minus(REMEMBERED).isAfter(over.getLast().since()))) {
            over.removeLast();
        }
    }

    /** Firing ones first, then pending ones, then those that are over, the newest first. */
    synchronized List<Alert> all() {
        Stream<Alert> now = holding.values().stream()
                .flatMap(ofShard -> ofShard.values().stream())
                .sorted(Comparator.comparing(Alert::state).reversed().thenComparing(Alert::since));
        return Stream.concat(now, over.stream()).toList();
    }
}
