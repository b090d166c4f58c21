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
    SHUFFLE;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
