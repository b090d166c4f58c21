package ghidanh.embedded;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Picks TCP ports of 127.0.0.1. A port is free when picked; nothing reserves it afterwards. */
public final class Ports {

    /** What every server listens on. */
    public static final String HOST = "127.0.0.1";

    static final int LAST = 65535;

    // Below the ports that systems give to outgoing connections. From those, a client that keeps trying to reach a
    // stopped server can be given that server's very port, be connected to itself and keep the server off it.
    private static final int LOWEST_RANDOM = 15_000;
    private static final int HIGHEST_RANDOM = 32_000;

    private static final int ATTEMPTS = 1_000;
    private static final int CONNECT_MILLIS = 200;
    private static final Set<Integer> GIVEN = new HashSet<>();

    private Ports() {}

    /** Returns the wanted port if it is free, else the next higher free one. */
    public static int preferredOrNext(int wanted) {
        return preferredOrNext(wanted, Set.of());
    }

    /** As {@link #preferredOrNext(int)}, passing over the ports in {@code taken}. */
    public static int preferredOrNext(int wanted, Set<Integer> taken) {
        for (int port = wanted; port <= LAST; port++) {
            if (!taken.contains(port) && isFree(port)) {
                return port;
            }
        }
        throw new StartFailedException("No port from " + wanted + " to " + LAST + " is free");
    }

    /** Returns a free port at random, another one at every call in this JVM. */
    public static int free() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST_RANDOM, HIGHEST_RANDOM);
            if (isFree(port) && isNew(port)) {
                return port;
            }
        }
        throw new StartFailedException("None of " + ATTEMPTS + " ports tried at random is free");
    }

    private static boolean isNew(int port) {
        synchronized (GIVEN) {
            return GIVEN.add(port);
        }
    }

    // Binding alone is not enough: on macOS it succeeds beside a server that listens on all addresses.
    static boolean isFree(int port) {
        return !answers(port) && canBind(port);
    }

    private static boolean answers(int port) {
        try (var socket = new Socket()) {
            socket.connect(address(port), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return !(e instanceof ConnectException);
        }
    }

    private static boolean canBind(int port) {
        try (var socket = new ServerSocket()) {
            socket.bind(address(port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    // Not the loopback address of the JVM's choice, which may be that of IPv6.
    private static InetSocketAddress address(int port) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByAddress(HOST, new byte[] {127, 0, 0, 1}), port);
    }
}
