package ghidanh.embedded;

import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Why a server did not start, as far as the end of its log tells, and what to do about it. */
enum StartFailure {
    PORT_TAKEN(
            "Another program uses the port: stop it, or choose another port (0 picks a free one).",
            "could not bind|already in use"),
    /** A session of a killed server still runs; it ends when it next waits for something. */
    SESSION_LEFT(
            "A session of its killed predecessor still runs: end that process.", "pre-existing shared memory block"),
    OTHER_VERSION(
            "Its data belong to another PostgreSQL version: delete the directory or choose another.",
            "incompatible with server"),
    OTHER_OWNER(
            "Its data belong to another user: give them to this one or choose another directory.",
            "ermission denied|wrong ownership"),
    WRONG_PARAMETER(
            "One of the given parameters is wrong.",
            "unrecognized configuration parameter|invalid value for parameter"),
    WRONG_PROPERTY("One of the given properties is wrong.", "ConfigException"),
    NO_CLASSES(
            "Its classes must be in jars or folders of their own, which those in an executable jar are not.",
            "Could not find or load main class"),
    NO_MEMORY("It needs more memory: free some.", "OutOfMemoryError|Could not reserve"),
    NO_SPACE("The disk is full: free some space.", "No space left"),
    /** Whatever the log says. */
    UNKNOWN("Its log says why; deleting the directory starts afresh and loses its data.", "");

    private final String cure;
    private final Pattern words;

    /** @param words one of which is in the log */
    StartFailure(String cure, String words) {
        this.cure = cure;
        this.words = Pattern.compile(words);
    }

    static StartFailure of(String logTail) {
        return Stream.of(values())
                .filter(failure -> failure.words.matcher(logTail).find())
                .findFirst()
                .orElseThrow();
    }

    String cure() {
        return cure;
    }
}
