package ghidanh.embedded;

/** Why a broker did not start, as far as the end of its log tells. */
record BrokerFailure(String logTail) {

    boolean isPortTaken() {
        return logTail.contains("already in use");
    }

    String cure() {
        if (isPortTaken()) {
            return "Another program uses the port: stop it, or choose another port (0 picks a free one).";
        }
        if (logTail.contains("ConfigException")) {
            return "One of the given properties is wrong.";
        }
        if (logTail.contains("OutOfMemoryError") || logTail.contains("Could not reserve")) {
            return "It needs more memory: raise -Xmx in the JVM options, or free some.";
        }
        if (logTail.contains("No space left")) {
            return "The disk is full: free some space.";
        }
        return "Its log says why; deleting the directory starts afresh and loses its topics.";
    }
}
