package ghidanh.chaos;

import java.time.Duration;
import java.util.Collections;
import java.util.List;

/**
 * A fault as it was planned.
 *
 * @param at from the begin of its round
 * @param target as {@link Targets} names it
 * @param lasts until it is ended; a start that then follows comes on top
 * @param draw from 0 to 1, for what only shows when it happens, such as which of the sessions is meant
 */
record Fault(Duration at, Kind kind, String target, Duration lasts, double draw) {

    /**
     * What cannot suffer two faults at once: a database and its sessions are one, and of several databases that go back
     * together nobody might remember what they had.
     */
    List<String> victims() {
        String victim = Targets.victim(target);
        return kind.goesBack() ? List.of(Targets.PAST, victim) : List.of(victim);
    }

    boolean concerns(Fault other) {
        return !Collections.disjoint(victims(), other.victims());
    }
}
