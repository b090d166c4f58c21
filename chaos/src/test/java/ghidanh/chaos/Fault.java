package ghidanh.chaos;

import java.time.Duration;

/**
 * A fault as it was planned.
 *
 * @param at from the begin of its round
 * @param target as {@link Targets} names it
 * @param lasts until it is ended; a start that then follows comes on top
 * @param draw from 0 to 1, for what only shows when it happens, such as which of the sessions is meant
 */
record Fault(Duration at, Kind kind, String target, Duration lasts, double draw) {

    /** What cannot suffer two faults at once: a database and its sessions are one. */
    String victim() {
        return Targets.victim(target);
    }
}
