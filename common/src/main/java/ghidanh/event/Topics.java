package ghidanh.event;

/** Topic names. Hyphens, since Kafka's metrics count a topic with a dot in its name twice. */
public final class Topics {

    private Topics() {}

    /** Where the events of a shard go: key {@code entity:id}, compacted. */
    public static String events(String shard) {
        return "enrollment-" + shard;
    }

    /** Where the events of a shard go that were given up on. */
    public static String deadLetters(String shard) {
        return "enrollment-" + shard + "-dlt";
    }
}
