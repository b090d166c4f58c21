package ghidanh.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Which faults come when: a function of the seed and of nothing else.
 *
 * @param rounds the faults of each round, in order of time
 */
record Schedule(List<List<Fault>> rounds) {

    // A process is the commonest thing to fail. Cards are drawn and not put back until all have been drawn, so that a
    // long run meets every kind and every target.
    private static final List<Kind> KINDS = cards(Map.ofEntries(
            Map.entry(Kind.KILL, 6),
            Map.entry(Kind.FREEZE, 5),
            Map.entry(Kind.CUT, 4),
            Map.entry(Kind.STALL, 2),
            Map.entry(Kind.DELAY, 1),
            Map.entry(Kind.REPLAY, 1),
            Map.entry(Kind.SHUFFLE, 1),
            Map.entry(Kind.PROMOTE, 2),
            Map.entry(Kind.RESTORE, 2),
            Map.entry(Kind.REWIND, 2),
            Map.entry(Kind.FORGET, 1),
            Map.entry(Kind.DELETE, 1),
            Map.entry(Kind.FILL, 1),
            Map.entry(Kind.CLOCK, 1)));

    private static final int SHORTEST_MILLIS = 300;
    private static final int SHORT_MILLIS = 4_000;
    // Above what relays (10 s), consumers (10 s) and connections (12 s) wait before they give up.
    private static final int LONGEST_MILLIS = 15_000;
    private static final double SHARE_OF_LONG = 0.35;
    // So that there is something to lose. A shard that went back is watched no more until the round has been settled.
    private static final double BEFORE_GOING_BACK = 0.5;

    /**
     * Draws a schedule.
     *
     * @param faults per round
     * @param window during which the faults of a round begin
     */
    static Schedule of(long seed, int rounds, int faults, Duration window) {
        var random = new Random(seed);
        var kinds = new Deck<>(KINDS);
        Map<Kind, Deck<String>> targets = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            targets.put(kind, new Deck<>(targets(kind)));
        }
        List<List<Fault>> all = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            List<Fault> drawn = new ArrayList<>();
            while (drawn.size() < faults) {
                Kind kind = kinds.draw(random);
                String target = Objects.requireNonNull(targets.get(kind)).draw(random);
                Fault fault = fault(random, kind, target, window);
                while (collides(fault, drawn)) {
                    fault = fault(random, kind, target, window);
                }
                drawn.add(fault);
            }
            drawn.sort(Comparator.comparing(Fault::at));
            all.add(List.copyOf(drawn));
        }
        return new Schedule(List.copyOf(all));
    }

    private static Fault fault(Random random, Kind kind, String target, Duration window) {
        int most = random.nextDouble() < SHARE_OF_LONG ? LONGEST_MILLIS : SHORT_MILLIS;
        double share = random.nextDouble();
        double at = kind.goesBack() ? BEFORE_GOING_BACK + (1 - BEFORE_GOING_BACK) * share : share;
        return new Fault(
                Duration.ofMillis((long) (at * window.toMillis())),
                kind,
                target,
                Duration.ofMillis(SHORTEST_MILLIS + random.nextInt(most - SHORTEST_MILLIS)),
                random.nextDouble());
    }

    private static boolean collides(Fault fault, List<Fault> others) {
        return others.stream()
                .anyMatch(other -> other.concerns(fault)
                        && fault.at().compareTo(other.at().plus(other.lasts())) < 0
                        && other.at().compareTo(fault.at().plus(fault.lasts())) < 0);
    }

    private static List<String> targets(Kind kind) {
        return switch (kind) {
            case KILL, FREEZE ->
                Stream.of(Targets.services(), Targets.databases(), Targets.sessions(), List.of(Targets.KAFKA))
                        .flatMap(List::stream)
                        .toList();
            case CUT, STALL, DELAY -> Targets.links();
            case REPLAY, SHUFFLE, DELETE -> Targets.topics();
            case PROMOTE, RESTORE, REWIND, CLOCK -> Targets.databases();
            case FORGET -> List.of(Targets.KAFKA);
            case FILL -> Targets.SMALL_DISKS;
        };
    }

    private static List<Kind> cards(Map<Kind, Integer> counts) {
        return new EnumMap<>(counts)
                .entrySet().stream()
                        .flatMap(kind -> Collections.nCopies(kind.getValue(), kind.getKey()).stream())
                        .toList();
    }

    private static final class Deck<T> {

        private final List<T> cards;
        private final List<T> left = new ArrayList<>();

        Deck(List<T> cards) {
            this.cards = cards;
        }

        T draw(Random random) {
            if (left.isEmpty()) {
                left.addAll(cards);
                Collections.shuffle(left, random);
            }
            return left.remove(left.size() - 1);
        }
    }
}
