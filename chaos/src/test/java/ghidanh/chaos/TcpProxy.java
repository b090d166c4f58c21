package ghidanh.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A link that can be cut, stalled and slowed down: forwards the connections of one port to another. Thread-safe. */
final class TcpProxy implements AutoCloseable {

    private enum State {
        OPEN,
        CUT,
        STALLED
    }

    private static final InetAddress HOST = InetAddress.getLoopbackAddress();
    private static final int CONNECT_MILLIS = 2_000;
    private static final int BUFFER_BYTES = 64 << 10;

    private final int target;
    private final ServerSocket server;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Object gate = new Object();
    private State state = State.OPEN;
    private volatile long delayMillis;

    /**
     * Begins to listen.
     *
     * @param port to listen on, on 127.0.0.1
     * @param target port to forward to; need not be there
     */
    TcpProxy(int port, int target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(port, 128, HOST);
        run("proxy-" + port, this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Resets all connections, and new ones as they come. */
    void cut() {
        become(State.CUT);
        connections.forEach(Connection::reset);
    }

    /** Keeps all connections, lets nothing pass. */
    void stall() {
        become(State.STALLED);
    }

    /** Lets everything pass, but late. */
    void delay(Duration by) {
        delayMillis = by.toMillis();
    }

    /** Ends whatever was done to the link; what was held passes now. */
    void heal() {
        delayMillis = 0;
        become(State.OPEN);
    }

    private void become(State next) {
        synchronized (gate) {
            state = next;
            gate.notifyAll();
        }
    }

    /** Waits as long as the link is stalled; false if it is cut. */
    private boolean pass() throws InterruptedException {
        if (delayMillis > 0) {
            Thread.sleep(delayMillis);
        }
        synchronized (gate) {
            while (state == State.STALLED) {
                gate.wait();
            }
            return state == State.OPEN;
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var client = server.accept();
                run("proxy-" + port() + "-connect", () -> connect(client));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void connect(Socket client) {
        var connection = new Connection(client, new Socket());
        try {
            if (!pass()) {
                connection.reset();
                return;
            }
            connection.open();
        } catch (IOException e) {
            connection.reset(); // nobody there: the client hears of it as from a server that went away
        } catch (InterruptedException e) {
            connection.reset();
            Thread.currentThread().interrupt();
        }
    }

    private static void run(String name, Runnable task) {
        var thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }

    private final class Connection {

        private final Socket client;
        private final Socket behind;

        Connection(Socket client, Socket behind) {
            this.client = client;
            this.behind = behind;
        }

        void open() throws IOException {
            client.setTcpNoDelay(true);
            behind.setTcpNoDelay(true);
            behind.connect(new InetSocketAddress(HOST, target), CONNECT_MILLIS);
            connections.add(this);
            run("proxy-" + port() + "-in", () -> pump(client, behind));
            run("proxy-" + port() + "-out", () -> pump(behind, client));
            synchronized (gate) {
                if (state == State.CUT) {
                    reset();
                }
            }
        }

        private void pump(Socket from, Socket to) {
            var buffer = new byte[BUFFER_BYTES];
            try {
                var in = from.getInputStream();
                var out = to.getOutputStream();
                for (int bytes = in.read(buffer); bytes >= 0; bytes = in.read(buffer)) {
                    if (!pass()) {
                        reset();
                        return;
                    }
                    out.write(buffer, 0, bytes);
                }
                end();
            } catch (IOException e) {
                reset(); // one end is gone, so the other has to hear of it
            } catch (InterruptedException e) {
                reset();
                Thread.currentThread().interrupt();
            }
        }

        /** As an orderly end: what is on its way still arrives. */
        private void end() throws IOException {
            connections.remove(this);
            client.close();
            behind.close();
        }

        void reset() {
            connections.remove(this);
            reset(client);
            reset(behind);
        }

        private static void reset(Socket socket) {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                // closed already, which is what was wanted
                return;
            }
        }
    }
}
