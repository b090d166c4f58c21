package ghidanh.chaos;

import java.util.Locale;

/** What is done to a target. */
enum Kind {
    /** {@code kill -9}; started again when the fault ends. */
    KILL,
    /** SIGSTOP; SIGCONT when the fault ends. */
    FREEZE,
    /** All connections of a link are reset, new ones too. */
    CUT,
    /** Nothing passes on a link, and nobody is told; it passes when the fault ends. */
    STALL,
    /** Everything on a link comes late. */
    DELAY,
    /** A replay of a topic from the beginning is started, beside whatever runs. */
    REPLAY,
    /** Events of a topic are sent once more, in any order. */
    SHUFFLE,
    /** A streaming standby gets nothing from the beginning of the fault on; at its end it is promoted in the server's place. */
    PROMOTE,
    /** A base backup of the beginning of the fault is put in the server's place at its end. */
    RESTORE,
    /** As {@link #RESTORE}, and recovered to a moment between the two. */
    REWIND,
    /** {@code kill -9} of a broker at the end, and what it wrote since the beginning never came to the disk. */
    FORGET,
    /** A topic is deleted. */
    DELETE,
    /** A disk is full until the fault ends. */
    FILL,
    /** A server's clock is an hour off until the fault ends. */
    CLOCK;

    /** Whether a database comes back with an older state. */
    boolean goesBack() {
        return this == PROMOTE || this == RESTORE || this == REWIND;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
