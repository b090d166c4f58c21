package ghidanh.embedded;

/** Why a server did not start, as far as the end of its log tells. */
record PostgresFailure(String logTail) {

    boolean isPortTaken() {
        return logTail.contains("could not bind");
    }

    /** A session of a killed server still runs; it ends when it next waits for something. */
    private boolean isSessionLeft() {
        return logTail.contains("pre-existing shared memory block");
    }

    /**
     * Whether another attempt may succeed.
     *
     * @param anyPort whether the next attempt may use another port
     */
    boolean mayPass(boolean anyPort) {
        return isPortTaken() ? anyPort : isSessionLeft();
    }

    String cure() {
        if (isPortTaken()) {
            return "Another program uses the port: stop it, or choose another port (0 picks a free one).";
        }
        if (isSessionLeft()) {
            return "A session of its killed predecessor still runs: end that process.";
        }
        if (logTail.contains("incompatible with server")) {
            return "Its data belong to another PostgreSQL version: delete the directory or choose another.";
        }
        if (logTail.contains("ermission denied") || logTail.contains("wrong ownership")) {
            return "Its data belong to another user: give them to this one or choose another directory.";
        }
        if (logTail.contains("unrecognized configuration parameter")
                || logTail.contains("invalid value for parameter")) {
            return "One of the given parameters is wrong.";
        }
        if (logTail.contains("No space left")) {
            return "The disk is full: free some space.";
        }
        return "Its log says why; deleting the directory starts afresh and loses its data.";
    }
}
