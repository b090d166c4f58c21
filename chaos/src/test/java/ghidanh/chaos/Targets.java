package ghidanh.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The names of all that can be killed, frozen, cut off or replayed. */
final class Targets {

    static final List<String> SHARDS = List.of("5433", "5434");
    static final String MASTER = "master";
    static final String KAFKA = "kafka";
    static final String PAST = "past";

    /** Those on a disk that can be full; the other ones write to a real one. */
    static final List<String> SMALL_DISKS = List.of("shard 5434", MASTER, KAFKA);

    static final List<String> REGISTRATION = List.of("registration-1", "registration-2");
    static final List<String> SYNC = List.of("sync-1", "sync-2");

    private static final String SESSION_OF = "a session of ";

    private Targets() {}

    static String shard(String name) {
        return "shard " + name;
    }

    static String topic(String shard) {
        return "topic " + shard;
    }

    static String link(String from, String to) {
        return from + " > " + to;
    }

    static String sessionOf(String database) {
        return SESSION_OF + database;
    }

    static String victim(String target) {
        return target.startsWith(SESSION_OF) ? target.substring(SESSION_OF.length()) : target;
    }

    static List<String> services() {
        return Stream.concat(REGISTRATION.stream(), SYNC.stream()).toList();
    }

    static List<String> databases() {
        return Stream.concat(SHARDS.stream().map(Targets::shard), Stream.of(MASTER))
                .toList();
    }

    static List<String> sessions() {
        return databases().stream().map(Targets::sessionOf).toList();
    }

    /** Between each two that talk with each other. The consumers reach the shards through the master. */
    static List<String> links() {
        List<String> links = new ArrayList<>();
        for (String service : REGISTRATION) {
            databases().forEach(database -> links.add(link(service, database)));
            links.add(link(service, KAFKA));
        }
        for (String service : SYNC) {
            links.add(link(service, MASTER));
            links.add(link(service, KAFKA));
        }
        SHARDS.forEach(shard -> links.add(link(MASTER, shard(shard))));
        return links;
    }

    static List<String> topics() {
        return SHARDS.stream().map(Targets::topic).toList();
    }
}
