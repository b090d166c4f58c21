package ghidanh.servers;

import com.sun.net.httpserver.HttpServer;
import ghidanh.embedded.Ports;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A service that is ready at once, and says "stopped" when it ends in order. With the argument "fails" it ends at once. */
final class SmallService {

    private SmallService() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments[0].equals("fails")) {
            throw new IllegalStateException("no such \"shard\"");
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("stopped")));
        int port = Integer.parseInt(arguments[arguments.length - 1].substring("--server.port=".length()));
        var server = HttpServer.create(new InetSocketAddress(Ports.HOST, port), 0);
        server.createContext("/actuator/health/readiness", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }
}
