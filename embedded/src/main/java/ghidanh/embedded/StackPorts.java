package ghidanh.embedded;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which port each server of a stack listens on.
 *
 * @param master the master's port; 0 where the server picks one
 * @param shards the shards' ports by name
 * @param kafka the broker's port
 */
record StackPorts(int master, Map<String, Integer> shards, int kafka) {

    private static final int USUAL_MASTER = 5432;
    private static final int USUAL_KAFKA = 9092;

    /** Every server picks any free port when it starts. */
    static StackPorts random(List<String> shards) {
        var any = new LinkedHashMap<String, Integer>();
        shards.forEach(name -> any.put(name, 0));
        return new StackPorts(0, any, 0);
    }

    /**
     * The usual ports: 5432 for the master, its name for a shard named like a port, else the next after the master's,
     * 9092 for Kafka. Where one is taken, the next free one that is nobody's usual port.
     */
    static StackPorts usual(List<String> shards) {
        var wanted = new LinkedHashMap<String, Integer>();
        for (var name : shards) {
            wanted.put(name, isPort(name) ? Integer.parseInt(name) : USUAL_MASTER + 1 + wanted.size());
        }
        Set<Integer> reserved = new HashSet<>(wanted.values());
        reserved.addAll(Set.of(USUAL_MASTER, USUAL_KAFKA));
        int master = choose(USUAL_MASTER, reserved);
        wanted.replaceAll((name, port) -> choose(port, reserved));
        return new StackPorts(master, wanted, choose(USUAL_KAFKA, reserved));
    }

    private static boolean isPort(String name) {
        return name.matches("[1-9][0-9]{3,4}") && Integer.parseInt(name) <= Ports.LAST;
    }

    private static int choose(int usual, Set<Integer> reserved) {
        int port = Ports.isFree(usual) ? usual : Ports.preferredOrNext(usual + 1, reserved);
        reserved.add(port);
        return port;
    }
}
